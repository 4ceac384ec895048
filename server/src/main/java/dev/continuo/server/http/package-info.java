// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP port: a Netty pipeline and the pages it serves.
 *
 * <p>Knows nothing of sessions or models; whoever wires the server gives it its pages. Pages are
 * made on its own event loop.
 */
@NullMarked
package dev.continuo.server.http;

import org.jspecify.annotations.NullMarked;
