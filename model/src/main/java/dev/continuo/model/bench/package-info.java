// SPDX-License-Identifier: Apache-2.0
/**
 * Timings of the networks, one stage at a time, warm and on one thread's calls.
 *
 * <p>Called by the {@code bench} command.
 */
@NullMarked
package dev.continuo.model.bench;

import org.jspecify.annotations.NullMarked;
