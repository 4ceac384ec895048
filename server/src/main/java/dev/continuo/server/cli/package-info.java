// SPDX-License-Identifier: Apache-2.0
/**
 * {@code serve}: options and configuration files, start and end of the server.
 *
 * <p>The wiring of the module; called by the launcher, on the main thread.
 */
@NullMarked
package dev.continuo.server.cli;

import org.jspecify.annotations.NullMarked;
