// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import dev.continuo.loadtest.measure.Ticker;
import dev.continuo.loadtest.plan.Codec;
import dev.continuo.loadtest.plan.Prompts;
import dev.continuo.loadtest.plan.SessionPlan;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.SamplingSettings;
import dev.continuo.v1.SessionConfig;

/**
 * What all sessions of a run share. <i>Immutable; its parts say for themselves who may call
 * them.</i>
 *
 * @param settings how the run is driven
 * @param frameCount frames of all prompts
 * @param ticker the run's time
 * @param pacer who runs the schedules
 * @param transport the way to the server
 * @param lateness the driver's own
 */
record RunContext(
    RunSettings settings,
    int frameCount,
    Ticker ticker,
    Pacer pacer,
    Transport transport,
    Lateness lateness) {

  /** What a session asks of the server. */
  SessionConfig config(SessionPlan plan) {
    AudioEncoding encoding =
        settings.codec() == Codec.OPUS
            ? AudioEncoding.AUDIO_ENCODING_OPUS
            : AudioEncoding.AUDIO_ENCODING_LINEAR16;
    AudioFormat.Builder input =
        AudioFormat.newBuilder().setEncoding(encoding).setSampleRateHertz(Prompts.RATE_HZ);
    SessionConfig.Builder config =
        SessionConfig.newBuilder()
            .setInput(input)
            .setOutput(AudioFormat.newBuilder().setEncoding(encoding))
            .setSampling(SamplingSettings.newBuilder().setSeed(plan.seed()))
            .setMaxContinuationMillis(plan.continuationMillis())
            .setPacing(settings.realTime() ? Pacing.PACING_REAL_TIME : Pacing.PACING_NONE);
    if (settings.bundle() != null) {
      config.setBundle(settings.bundle());
    }
    return config.build();
  }
}
