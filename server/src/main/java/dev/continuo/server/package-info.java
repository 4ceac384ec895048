// SPDX-License-Identifier: Apache-2.0
/**
 * The streaming server: sessions, the batching engine, RPC.
 *
 * <p>Sees model and proto, never client. See {@code session}, {@code engine}, {@code rpc}, {@code
 * cli}.
 */
@NullMarked
package dev.continuo.server;

import org.jspecify.annotations.NullMarked;
