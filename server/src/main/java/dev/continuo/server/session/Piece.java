// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import com.google.protobuf.ByteString;

/**
 * Some encoded audio.
 *
 * <p><i>Immutable.</i>
 *
 * @param data in the output encoding
 * @param firstSample index of its first sample at the output rate; below 0 for what an Opus decoder
 *     gives before the first
 * @param endSample index after its last sample; of an Opus packet after the last one decoded
 * @param sampleCount those of its samples that belong to the speech
 */
public record Piece(ByteString data, long firstSample, long endSample, int sampleCount) {}
