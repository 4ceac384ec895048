// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import dev.continuo.loadtest.drive.RunSettings;
import dev.continuo.loadtest.plan.Arrivals;
import dev.continuo.loadtest.plan.Codec;
import dev.continuo.loadtest.plan.Workload;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much load, and when. <i>Serialised by the caller.</i> */
final class LoadArguments {
  private static final long MILLI = 1_000_000L;
  private static final long RAMP_MAX_NANOS = 60_000_000_000L;

  @Option(
      names = "--sessions",
      paramLabel = "N",
      description = "Closed loop: N people, each speaks again once it has listened and thought.")
  private @Nullable Integer sessions;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Open loop: R people come each second, however the server does. Default: 0.5, unless --sessions is given.")
  private @Nullable Double rate;

  @Option(
      names = "--arrivals",
      paramLabel = "PATTERN",
      description =
          "How people come in an open loop: constant, poisson or bursts. Default: poisson.")
  private Arrivals.@Nullable Pattern arrivals;

  @Option(
      names = "--burst-size",
      paramLabel = "N",
      defaultValue = "10",
      description = "People in a burst. Default: ${DEFAULT-VALUE}.")
  private int burstSize;

  @Option(
      names = "--turns",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Turns of each person in an open loop, each a session of its own. Default: ${DEFAULT-VALUE}.")
  private int turns;

  @Option(
      names = "--ramp",
      paramLabel = "TIME",
      description =
          "Time over which the rate grows from 0, or people of a closed loop begin. Default: 0 in an open loop, one session's length in a closed one.")
  private @Nullable String ramp;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      defaultValue = "5s",
      description =
          "Sessions that come earlier are not measured; in a closed loop at least the ramp. Default: ${DEFAULT-VALUE}.")
  private String warmup = "5s";

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "60s",
      description = "Time after the warm-up in which sessions come. Default: ${DEFAULT-VALUE}.")
  private String duration = "60s";

  @Option(
      names = "--drain",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "Time after that in which sessions may end; what is left then has failed. Default: ${DEFAULT-VALUE}.")
  private String drain = "30s";

  @Option(
      names = "--commit-delay-ms",
      paramLabel = "MS",
      defaultValue = "0",
      description =
          "From the prompt's end to the commit, as a client needs to notice the end. Default: ${DEFAULT-VALUE}.")
  private int commitDelayMillis;

  @Option(
      names = "--player-buffer-ms",
      paramLabel = "MS",
      defaultValue = "200",
      description = "Audio that the simulated player waits for. Default: ${DEFAULT-VALUE}.")
  private int playerBufferMillis;

  @Option(
      names = "--pacing",
      paramLabel = "PACING",
      defaultValue = "real-time",
      description =
          "real-time: the server sends at the pace of playback; none: as fast as it can. Default: ${DEFAULT-VALUE}.")
  private String pacing = "real-time";

  /**
   * The settings of a run.
   *
   * @throws IllegalArgumentException if a value is wrong; the message is one line
   */
  RunSettings settings(@Nullable String bundle, Codec codec, Workload workload) {
    boolean closed = sessions != null;
    if (closed && (rate != null || arrivals != null)) {
      throw wrong("--sessions", "with --rate or --arrivals", "a closed loop or an open one");
    }
    if (closed && turns != 1) {
      throw wrong("--turns", turns + " with --sessions", "--rate: a closed loop goes on and on");
    }
    int people = sessions == null ? 0 : between("--sessions", sessions, 1, 100_000);
    double perSecond = rate == null ? 0.5 : rate;
    if (!(perSecond > 0 && perSecond <= 10_000)) {
      throw wrong("--rate", String.valueOf(perSecond), "above 0, at most 10000");
    }
    long defaultRampNanos = closed ? Math.min(RAMP_MAX_NANOS, workload.expectedCycleNanos()) : 0;
    long rampNanos = ramp == null ? defaultRampNanos : span("--ramp", ramp);
    long warmUpNanos = span("--warmup", warmup);
    long durationNanos = span("--duration", duration);
    if (durationNanos == 0) {
      throw wrong("--duration", duration, "more than 0");
    }
    Arrivals.Pattern pattern = arrivals == null ? Arrivals.Pattern.POISSON : arrivals;
    return new RunSettings(
        bundle,
        codec,
        realTime(),
        closed
            ? null
            : new Arrivals(
                pattern, perSecond, between("--burst-size", burstSize, 1, 100_000), rampNanos),
        people,
        between("--turns", turns, 1, 1000),
        rampNanos,
        closed ? Math.max(warmUpNanos, rampNanos) : warmUpNanos,
        durationNanos,
        span("--drain", drain),
        MILLI * between("--commit-delay-ms", commitDelayMillis, 0, 60_000),
        MILLI * between("--player-buffer-ms", playerBufferMillis, 0, 10_000));
  }

  private boolean realTime() {
    if (!pacing.equals("real-time") && !pacing.equals("none")) {
      throw wrong("--pacing", pacing, "real-time or none");
    }
    return pacing.equals("real-time");
  }

  private static long span(String option, String text) {
    try {
      return Span.nanos(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }

  private static int between(String option, int value, int low, int high) {
    if (value < low || value > high) {
      throw wrong(option, String.valueOf(value), low + " to " + high);
    }
    return value;
  }

  private static IllegalArgumentException wrong(String option, String value, String expected) {
    return new IllegalArgumentException(option + ": " + value + " (expected: " + expected + ")");
  }
}
