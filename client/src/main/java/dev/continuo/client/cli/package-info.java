// SPDX-License-Identifier: Apache-2.0
/**
 * The commands {@code talk} and {@code continue --server}.
 *
 * <p>Each runs on the thread that calls {@link dev.continuo.client.cli.Main}; whatever it needs of
 * the machine (terminal, clock, microphones) comes in by its context, so tests bring their own.
 */
@NullMarked
package dev.continuo.client.cli;

import org.jspecify.annotations.NullMarked;
