// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

import java.util.Locale;

/**
 * How an encoder whose units depend on all of a recording is run while the recording arrives: a
 * window moves over the audio in steps, and the units of a step are given once the look-ahead
 * behind it has arrived.
 *
 * <p><i>Immutable.</i>
 *
 * @param leftContextMillis audio before a step that its units may depend on
 * @param stepMillis audio of a step, at least one frame
 * @param lookAheadMillis audio behind a step that its units may depend on; at most the window, left
 *     context and step
 * @param statistics how norms over all of the recording are taken before it is all there
 * @param mode what happens at the end
 */
public record StreamingPolicy(
    int leftContextMillis, int stepMillis, int lookAheadMillis, Statistics statistics, Mode mode) {

  /** Most milliseconds of any part. */
  public static final int LONGEST_MILLIS = 60_000;

  /** Where the statistics of norms over time come from. */
  public enum Statistics {
    /** Of all audio so far: every window is computed with its own. */
    EXACT,
    /** Of the first two seconds, then no more: convolutions need no repetition. */
    FROZEN,
    /** Of a recording of speech chosen beforehand. */
    CALIBRATED;

    /** As in {@code exact}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is done at the end of the recording. */
  public enum Mode {
    /** The whole is encoded once more, and units that it has differently are withdrawn. */
    EXACT,
    /** What was given stays; only what is missing is encoded. */
    LOW_LATENCY;

    /** As in {@code low-latency}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a length is out of its range or the look-ahead exceeds the
   *     window
   */
  public StreamingPolicy {
    check("left-context-ms", leftContextMillis, 0);
    check("step-ms", stepMillis, 1);
    check("look-ahead-ms", lookAheadMillis, 0);
    int window = leftContextMillis + stepMillis;
    if (lookAheadMillis > window) {
      throw new IllegalArgumentException(
          "look-ahead-ms: %d (expected: at most the window, %d + %d ms)"
              .formatted(lookAheadMillis, leftContextMillis, stepMillis));
    }
  }

  private static void check(String name, int millis, int least) {
    if (millis < least || millis > LONGEST_MILLIS) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(name, millis, least, LONGEST_MILLIS));
    }
  }

  /**
   * Two seconds of context, steps of 480 ms and 320 ms of look-ahead, statistics frozen; exact in
   * the end. At 25 units a second it costs three passes over the audio, and a fourth at the end.
   */
  public static StreamingPolicy standard() {
    return new StreamingPolicy(2000, 480, 320, Statistics.FROZEN, Mode.EXACT);
  }
}
