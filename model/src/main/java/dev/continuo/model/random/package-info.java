// SPDX-License-Identifier: Apache-2.0
/**
 * Bundles of random weights, in the shapes and layouts of published models: for load tests and for
 * measuring what a model costs before it is trained. The same seed gives the same bytes.
 *
 * <p>Called by {@code bundle random}, on any thread.
 */
@NullMarked
package dev.continuo.model.random;

import org.jspecify.annotations.NullMarked;
