// SPDX-License-Identifier: Apache-2.0
/**
 * OpenTelemetry spans of sessions and turns, where the environment asks for them.
 *
 * <p>Called on session threads; spans are sent by the SDK's own.
 */
@NullMarked
package dev.continuo.server.tracing;

import org.jspecify.annotations.NullMarked;
