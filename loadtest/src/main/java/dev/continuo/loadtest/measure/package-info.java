// SPDX-License-Identifier: Apache-2.0
/**
 * What sessions and the driver itself measured, taken together.
 *
 * <p>Times are nanoseconds from the start of the run unless said otherwise. Fed by {@code drive},
 * read by {@code report}; no network.
 */
@NullMarked
package dev.continuo.loadtest.measure;

import org.jspecify.annotations.NullMarked;
