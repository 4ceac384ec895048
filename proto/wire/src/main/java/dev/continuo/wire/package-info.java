// SPDX-License-Identifier: Apache-2.0
/**
 * What server and client must agree about besides the generated stubs of {@code dev.continuo.v1}.
 * Called by both, on any thread.
 */
@NullMarked
package dev.continuo.wire;

import org.jspecify.annotations.NullMarked;
