// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.cli.Terminal;
import java.nio.file.Path;

/**
 * What the server's commands need. <i>Immutable.</i>
 *
 * @param terminal where they read and write
 * @param home folder of bundles, native libraries and logs
 * @param launcher program that runs any command of Continuo
 * @param stop tells when to end
 */
record Context(Terminal terminal, Path home, String launcher, Stop stop) {}
