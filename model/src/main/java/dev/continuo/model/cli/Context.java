// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Terminal;

/**
 * What every command needs. <i>Immutable.</i>
 *
 * @param terminal where it reads and writes
 * @param networks where it gets networks from
 */
record Context(Terminal terminal, NetworkSource networks) {}
