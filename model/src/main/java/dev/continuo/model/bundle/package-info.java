// SPDX-License-Identifier: Apache-2.0
/**
 * Model bundles: what is deployed.
 *
 * <p>Opens, checks, extracts and verifies bundles; networks are built from what it hands out. Plain
 * files only, no tensors. Called by commands and the server at start, on any thread.
 */
@NullMarked
package dev.continuo.model.bundle;

import org.jspecify.annotations.NullMarked;
