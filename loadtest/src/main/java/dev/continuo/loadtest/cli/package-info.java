// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code loadtest}: options, the view while a run goes on, the table after it.
 *
 * <p>The entry of this module; runs on the main thread.
 */
@NullMarked
package dev.continuo.loadtest.cli;

import org.jspecify.annotations.NullMarked;
