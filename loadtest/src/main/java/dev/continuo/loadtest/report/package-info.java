// SPDX-License-Identifier: Apache-2.0
/**
 * What a run leaves behind: numbers for programs, a page for people, thresholds for scripts.
 *
 * <p>Names here are part of the command line's contract. Called by {@code cli}, on the main thread.
 */
@NullMarked
package dev.continuo.loadtest.report;

import org.jspecify.annotations.NullMarked;
