// SPDX-License-Identifier: Apache-2.0
/**
 * Sessions in motion: the pacer's thread sends every frame at its intended time, the transport's
 * threads bring what the server says, the main thread collects what is over.
 *
 * <p>{@code Pacer} owns every session; other threads hand it tasks. {@code Transport} is the seam
 * to the network, behind it alone are the client's types.
 */
@NullMarked
package dev.continuo.loadtest.drive;

import org.jspecify.annotations.NullMarked;
