// SPDX-License-Identifier: Apache-2.0
/**
 * The Java SDK for callers and the commands that speak to a server.
 *
 * <p>Sees proto only: no networks, no DJL.
 */
@NullMarked
package dev.continuo.client;

import org.jspecify.annotations.NullMarked;
