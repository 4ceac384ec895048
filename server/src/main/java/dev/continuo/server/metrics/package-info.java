// SPDX-License-Identifier: Apache-2.0
/**
 * What the server measures of itself, for Prometheus: observers of the engine and of sessions that
 * count and time, and the page that shows it.
 *
 * <p>Names and meanings are in {@code docs/operations.md}. Called on engine, session and HTTP
 * threads; recording takes no lock.
 */
@NullMarked
package dev.continuo.server.metrics;

import org.jspecify.annotations.NullMarked;
