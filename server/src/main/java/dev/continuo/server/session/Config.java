// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.Sampling;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.SamplingSettings;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.TurnDetection;
import dev.continuo.wire.Reasons;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a client asks for into the settings that a session goes by, or says what is wrong.
 * Nothing is clamped or repaired, but for one: a piece is at most half the playback lead, so that
 * the next one can come in time.
 *
 * <p><i>Immutable.</i>
 */
public final class Config {
  private static final int CONTINUATION_MILLIS = 6_000;
  private static final int INPUT_HZ = 16_000;

  private Config() {}

  /**
   * The settings of a session.
   *
   * @param seeds draws a seed where the client gives none
   * @throws SessionFailure naming the field that cannot be had
   */
  static Settings settings(
      SessionConfig c, Bundles bundles, ServerLimits limits, LongSupplier seeds) {
    refuseNotBuilt(c);
    VoiceBundle bundle = bundles.find(c.hasBundle(), c.getBundle());
    AudioKind input = AudioKind.input("config.input", c.getInput(), INPUT_HZ);
    int ownHz = bundle.echoes() ? input.rateHz() : bundle.info().getOutputSampleRateHertz();
    AudioKind output = AudioKind.output("config.output", c.getOutput(), ownHz);
    if (c.hasOpus() && !output.isOpus()) {
      throw SessionFailure.ofField(
          Reasons.INVALID_SETTING, "config.opus", "given (expected: only with output in OPUS)");
    }
    Pacing pacing = bundle.echoes() ? Pacing.PACING_NONE : pacing(c);
    int lead = lead(c, pacing);
    int first =
        range("first_chunk_millis", c.hasFirstChunkMillis(), c.getFirstChunkMillis(), 40, 10, 1000);
    int longest = maxChunk(c, first, lead);
    int idle = limits.maxIdleMillis();
    int longestSpeech = limits.maxContinuationMillis();
    return new Settings(
        bundle,
        input,
        output,
        output.isOpus() ? OpusKind.of(c.getOpus()) : null,
        sampling("config.sampling", c.getSampling(), seeds),
        range(
            "max_continuation_millis",
            c.hasMaxContinuationMillis(),
            c.getMaxContinuationMillis(),
            Math.min(CONTINUATION_MILLIS, longestSpeech),
            40,
            longestSpeech),
        first,
        longest,
        pacing,
        lead,
        ackInterval(c),
        !c.hasLatencyTrace() || c.getLatencyTrace(),
        c.getTokenTrace(),
        range(
            "idle_timeout_millis",
            c.hasIdleTimeoutMillis(),
            c.getIdleTimeoutMillis(),
            idle,
            100,
            idle));
  }

  /**
   * How units are drawn.
   *
   * @param field name of the settings in messages
   * @throws SessionFailure naming the field that is out of range
   */
  public static Sampling sampling(String field, SamplingSettings s, LongSupplier seeds) {
    double temperature = s.hasTemperature() ? s.getTemperature() : Sampling.DEFAULT_TEMPERATURE;
    if (!(temperature >= 0 && temperature <= 10)) {
      throw SessionFailure.setting(field + ".temperature", temperature, "0 to 10");
    }
    int topK = s.hasTopK() ? s.getTopK() : Sampling.DEFAULT_TOP_K;
    if (topK < 0) {
      throw SessionFailure.setting(field + ".top_k", topK, "0 or more");
    }
    double topP = s.hasTopP() ? s.getTopP() : 1;
    if (!(topP > 0 && topP <= 1)) {
      throw SessionFailure.setting(field + ".top_p", topP, "above 0, at most 1");
    }
    return new Sampling(temperature, topK, topP, s.hasSeed() ? s.getSeed() : seeds.getAsLong());
  }

  private static void refuseNotBuilt(SessionConfig c) {
    String field = notBuilt(c);
    if (field != null) {
      throw SessionFailure.notBuilt("config." + field);
    }
    if (c.getTurnDetection() == TurnDetection.UNRECOGNIZED) {
      throw SessionFailure.setting("config.turn_detection", c.getTurnDetectionValue(), "CLIENT");
    }
  }

  private static @Nullable String notBuilt(SessionConfig c) {
    if (c.getTurnDetection() == TurnDetection.TURN_DETECTION_SERVER_VAD) {
      return "turn_detection";
    }
    if (c.hasResumptionHandle()) {
      return "resumption_handle";
    }
    return c.getHistoryUnitsCount() > 0 ? "history_units" : null;
  }

  private static Pacing pacing(SessionConfig c) {
    if (c.getPacing() == Pacing.UNRECOGNIZED) {
      throw SessionFailure.setting("config.pacing", c.getPacingValue(), "REAL_TIME or NONE");
    }
    return c.getPacing() == Pacing.PACING_NONE ? Pacing.PACING_NONE : Pacing.PACING_REAL_TIME;
  }

  private static int lead(SessionConfig c, Pacing pacing) {
    int lead =
        range(
            "playback_lead_millis",
            c.hasPlaybackLeadMillis(),
            c.getPlaybackLeadMillis(),
            1000,
            100,
            30_000);
    if (c.hasPlaybackLeadMillis() && c.getPacing() == Pacing.PACING_NONE) {
      throw SessionFailure.setting(
          "config.playback_lead_millis", lead, "only with pacing REAL_TIME");
    }
    return pacing == Pacing.PACING_NONE ? 0 : lead;
  }

  private static int maxChunk(SessionConfig c, int first, int lead) {
    int longest =
        range(
            "max_chunk_millis",
            c.hasMaxChunkMillis(),
            c.getMaxChunkMillis(),
            Math.max(200, first),
            first,
            2000);
    return lead == 0 ? longest : Math.max(first, Math.min(longest, lead / 2));
  }

  private static int ackInterval(SessionConfig c) {
    boolean none = c.hasInputAckIntervalMillis() && c.getInputAckIntervalMillis() == 0;
    return none
        ? 0
        : range(
            "input_ack_interval_millis",
            c.hasInputAckIntervalMillis(),
            c.getInputAckIntervalMillis(),
            200,
            20,
            10_000);
  }

  private static int range(
      String field, boolean given, int value, int otherwise, int low, int high) {
    if (given && (value < low || value > high)) {
      throw SessionFailure.setting("config." + field, value, low + " to " + high);
    }
    return given ? value : otherwise;
  }
}
