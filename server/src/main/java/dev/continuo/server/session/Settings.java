// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.Sampling;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.SamplingSettings;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.TurnDetection;
import org.jspecify.annotations.Nullable;

/**
 * The settings a session goes by: every one of {@code SessionConfig} after defaults.
 *
 * <p><i>Immutable.</i>
 */
record Settings(
    VoiceBundle bundle,
    AudioKind input,
    AudioKind output,
    @Nullable OpusKind opus,
    Sampling sampling,
    int maxContinuationMillis,
    int firstChunkMillis,
    int maxChunkMillis,
    Pacing pacing,
    int leadMillis,
    int ackMillis,
    boolean latencyTrace,
    boolean tokenTrace,
    int idleMillis) {

  boolean paced() {
    return pacing == Pacing.PACING_REAL_TIME;
  }

  OutputEncoder encoder(int voiceRateHz) {
    if (opus != null) {
      return OutputEncoder.packets(output, voiceRateHz, opus);
    }
    return bundle.echoes()
        ? OutputEncoder.asItComes(output, voiceRateHz)
        : OutputEncoder.growing(output, voiceRateHz, firstChunkMillis, maxChunkMillis);
  }

  /** As the client is told. */
  SessionStarted started(String sessionId, int preSkipSamples, ServerLimits limits) {
    SessionStarted.Builder started =
        SessionStarted.newBuilder()
            .setSessionId(sessionId)
            .setBundle(bundle.info())
            .setInput(input.message())
            .setOutput(output.message())
            .setOpusPreSkipSamples(preSkipSamples)
            .setSampling(message(sampling))
            .setMaxContinuationMillis(maxContinuationMillis)
            .setFirstChunkMillis(firstChunkMillis)
            .setMaxChunkMillis(maxChunkMillis)
            .setPacing(pacing)
            .setPlaybackLeadMillis(leadMillis)
            .setInputAckIntervalMillis(ackMillis)
            .setLatencyTrace(latencyTrace)
            .setTokenTrace(tokenTrace)
            .setIdleTimeoutMillis(idleMillis)
            .setTurnDetection(TurnDetection.TURN_DETECTION_CLIENT)
            .setLimits(limits.message());
    if (opus != null) {
      started.setOpus(opus.message());
    }
    return started.build();
  }

  private static SamplingSettings message(Sampling sampling) {
    return SamplingSettings.newBuilder()
        .setTemperature(sampling.temperature())
        .setTopK(sampling.topK())
        .setTopP(sampling.topP())
        .setSeed(sampling.seed())
        .build();
  }
}
