// SPDX-License-Identifier: Apache-2.0
/**
 * What every command line of Continuo shares: where results and notes go, what a failure looks
 * like, how progress is shown.
 *
 * <p>Called by the {@code Main} of a module and by its commands. A user's mistake is one line and
 * an exit code, never a stack trace.
 */
@NullMarked
package dev.continuo.cli;

import org.jspecify.annotations.NullMarked;
