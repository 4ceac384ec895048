// SPDX-License-Identifier: Apache-2.0
/**
 * Chooses the implementation of a network by its architecture: the one place that knows all of
 * them.
 *
 * <p>Called by whoever loads networks, commands and servers alike, on any thread.
 */
@NullMarked
package dev.continuo.model.loader;

import org.jspecify.annotations.NullMarked;
