// SPDX-License-Identifier: Apache-2.0
/**
 * The audio that travels: containers, codecs and the streaming resampler.
 *
 * <p>Called by model, server and client. No protobuf, no gRPC, no networks. Streaming objects
 * (readers, resamplers, codecs) belong to one caller at a time; everything else is immutable.
 */
@NullMarked
package dev.continuo.audio;

import org.jspecify.annotations.NullMarked;
