// SPDX-License-Identifier: Apache-2.0
/**
 * The only package that sees DJL: TorchScript modules, their weights and tensors.
 *
 * <p>Called by the networks of {@code dev.continuo.model}, never by other modules. Any thread, one
 * at a time per module state.
 */
@NullMarked
package dev.continuo.model.torch;

import org.jspecify.annotations.NullMarked;
