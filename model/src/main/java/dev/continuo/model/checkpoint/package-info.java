// SPDX-License-Identifier: Apache-2.0
/**
 * Readers of checkpoint files: safetensors, {@code torch.save}, NumPy arrays, k-means and {@code
 * config.json}.
 *
 * <p>Files are data from strangers: everything is validated before it is used, nothing is executed,
 * memory is bounded by limits and by the file's own size, and each fault is one {@link
 * dev.continuo.model.InputException} that names file, key and what was expected. Called by the
 * bundle reader and by the networks, on any thread.
 */
@NullMarked
package dev.continuo.model.checkpoint;

import org.jspecify.annotations.NullMarked;
