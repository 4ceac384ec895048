// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.metrics;

import dev.continuo.wire.Reasons;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Meters of one bundle's sessions. <i>Thread-safe.</i> */
record BundleMeters(
    Meters meters,
    String bundle,
    AtomicInteger active,
    AtomicLong bufferedBytes,
    Counter started,
    Timer slotWait,
    Timer inboundLateness,
    Timer firstAfterCommit,
    Timer firstAfterSpeech,
    Timer chunkInterval,
    DistributionSummary playbackLead,
    DistributionSummary underrun,
    DistributionSummary rtf,
    Counter tokensIn,
    Counter tokensOut,
    DistributionSummary rateIn,
    DistributionSummary rateOut,
    Counter audioIn,
    Counter audioOut,
    Counter slowConsumers) {
  private static final String BUNDLE = "bundle";
  private static final String SLOW_CONSUMER = Reasons.SLOW_CONSUMER.toLowerCase(Locale.ROOT);
  private static final String SECONDS = "seconds";
  private static final String FIRST_AUDIO_HELP =
      "From the commit, or the arrival of the prompt's last audio, to the first audio sent";

  private static final double[] WAIT_SECONDS = {0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30};
  private static final double[] LATE_SECONDS = {0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1};
  private static final double[] FIRST_SECONDS = {
    0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2, 5
  };
  private static final double[] INTERVAL_SECONDS = {
    0.005, 0.01, 0.02, 0.04, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3, 0.5, 1, 2
  };
  private static final double[] LEAD_SECONDS = {
    0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 5, 10, 30
  };
  private static final double[] UNDERRUN_SECONDS = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};
  private static final double[] RTF = {0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1, 1.5, 2, 5};
  private static final double[] RATES_HZ = {2, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100};

  static BundleMeters of(Meters m, String bundle) {
    AtomicInteger active = new AtomicInteger();
    Gauge.builder("continuo.sessions.active", active, AtomicInteger::get)
        .description("Open sessions")
        .tag(BUNDLE, bundle)
        .register(m.registry());
    AtomicLong buffered = new AtomicLong();
    Gauge.builder("continuo.outbound.buffered", buffered, AtomicLong::get)
        .description("Encoded speech that is made and not sent yet")
        .baseUnit("bytes")
        .tag(BUNDLE, bundle)
        .register(m.registry());
    return new BundleMeters(
        m,
        bundle,
        active,
        buffered,
        m.counter("sessions.started", "Sessions that got a seat", BUNDLE, bundle),
        m.timer(
            "slot.wait", "How long sessions stood in line for it", WAIT_SECONDS, BUNDLE, bundle),
        m.timer(
            "inbound.lateness",
            "How much later audio came than had it been paced since the first",
            LATE_SECONDS,
            BUNDLE,
            bundle),
        first(m, bundle, "commit"),
        first(m, bundle, "speech_end"),
        m.timer(
            "chunk.interval", "Between two pieces of audio sent", INTERVAL_SECONDS, BUNDLE, bundle),
        m.summary(
            "playback.lead",
            SECONDS,
            "Speech sent ahead of the playback clock, after each piece",
            LEAD_SECONDS,
            BUNDLE,
            bundle),
        m.summary(
            "underrun",
            SECONDS,
            "How long a player without a buffer had nothing to play before a piece came",
            UNDERRUN_SECONDS,
            BUNDLE,
            bundle),
        m.summary("audio.rtf", "", "Work over audio of a turn", RTF, BUNDLE, bundle),
        tokens(m, bundle, "in"),
        tokens(m, bundle, "out"),
        rate(m, bundle, "in"),
        rate(m, bundle, "out"),
        audio(m, bundle, "in"),
        audio(m, bundle, "out"),
        m.counter("slow.consumer", "Sessions ended because nobody read", BUNDLE, bundle));
  }

  private static Timer first(Meters m, String bundle, String anchor) {
    return m.timer(
        "first.audio", FIRST_AUDIO_HELP, FIRST_SECONDS, BUNDLE, bundle, "anchor", anchor);
  }

  private static Counter tokens(Meters m, String bundle, String dir) {
    return m.counter(
        "tokens", "Deduplicated units of prompts and of speech", BUNDLE, bundle, "dir", dir);
  }

  private static DistributionSummary rate(Meters m, String bundle, String dir) {
    return m.summary(
        "token.rate", "hz", "Deduplicated units a second", RATES_HZ, BUNDLE, bundle, "dir", dir);
  }

  private static Counter audio(Meters m, String bundle, String dir) {
    return m.counter("audio.seconds", "Audio of ended sessions", BUNDLE, bundle, "dir", dir);
  }

  /** A session has ended. */
  void ended(String reason) {
    meters
        .counter("sessions.ended", "Sessions that had a seat", BUNDLE, bundle, "reason", reason)
        .increment();
    if (reason.equals(SLOW_CONSUMER)) {
      slowConsumers.increment();
    }
  }
}
