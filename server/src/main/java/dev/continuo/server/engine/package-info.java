// SPDX-License-Identifier: Apache-2.0
/**
 * The engine: owns all models' state and does their work in small steps on threads of its own, for
 * whichever session's audio is due first.
 *
 * <p>Other threads leave audio and wishes at a task and wake the engine; what comes of them goes to
 * the task's listener. Knows no transport.
 */
@NullMarked
package dev.continuo.server.engine;

import org.jspecify.annotations.NullMarked;
