// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.cli.Terminal;

/**
 * What every command needs of the machine. <i>Immutable.</i>
 *
 * @param terminal where it reads and writes
 * @param microphones where it hears
 * @param clock time, and waiting for it
 */
record Context(Terminal terminal, Microphones microphones, Clock clock) {}
