// SPDX-License-Identifier: Apache-2.0
/**
 * The wire contract {@code continuo.v1}: generated messages and stubs.
 *
 * <p>Sees nothing else of this project. Called by server and client, on any thread.
 */
@NullMarked
package dev.continuo.v1;

import org.jspecify.annotations.NullMarked;
