// SPDX-License-Identifier: Apache-2.0
/**
 * The service over gRPC, and the only package that knows gRPC: calls become sessions, failures
 * become statuses.
 *
 * <p>Calls arrive on the transport's threads, which only hand on; a session's work runs in order on
 * a small pool, and the engine's results come back the same way.
 */
@NullMarked
package dev.continuo.server.rpc;

import org.jspecify.annotations.NullMarked;
