// SPDX-License-Identifier: Apache-2.0
/**
 * One conversation as a state machine: what a client may say when, what it is answered, how audio
 * is decoded, cut into pieces, paced and encoded, and where a turn's time went.
 *
 * <p>Knows the messages of {@code dev.continuo.v1} but no transport, no network and no thread: time
 * is a ticker, the models are a {@link dev.continuo.server.session.Voice}. RPC, other transports
 * and tests drive the same class, each session by one caller at a time.
 */
@NullMarked
package dev.continuo.server.session;

import org.jspecify.annotations.NullMarked;
