// SPDX-License-Identifier: Apache-2.0
/**
 * The load driver: paced sessions over client, measured and reported.
 *
 * <p>Sees client and what client sees.
 */
@NullMarked
package dev.continuo.loadtest;

import org.jspecify.annotations.NullMarked;
