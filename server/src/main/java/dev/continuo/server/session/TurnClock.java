// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.StageTimes;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Stages;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of a turn goes: the engine's stages and the codecs' work, and what is left,
 * waiting.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class TurnClock {
  private static final long NANOS_PER_MICRO = 1_000;

  private final long waitedNanos;
  private long committedNanos;
  private long decodeNanos; // codecs' work on the input
  private long encodeNanos; // and on the output
  private Voice.@Nullable Said last;
  private @Nullable Stages firstAudio;
  private long firstAudioMicros;

  /** A clock of a turn whose session stood in line for so long. */
  TurnClock(long waitedNanos) {
    this.waitedNanos = waitedNanos;
  }

  void committed(long nowNanos) {
    committedNanos = nowNanos;
  }

  void decoded(long nanos) {
    decodeNanos += nanos;
  }

  void encoded(long nanos) {
    encodeNanos += nanos;
  }

  /** The latest speech, of which the next piece is cut. */
  void said(Voice.Said said) {
    last = said;
  }

  /** The first piece has been handed over. What no stage worked on was waiting. */
  void handedOver(long nowNanos) {
    if (firstAudio != null || last == null || committedNanos == 0) {
      return;
    }
    StageTimes since = last.sinceCommit();
    firstAudioMicros = (nowNanos - committedNanos) / NANOS_PER_MICRO;
    Stages worked = stages(since, 0, encodeNanos).build();
    firstAudio = worked.toBuilder().setQueueMicros(firstAudioMicros - sum(worked)).build();
  }

  /** What the client is told when the turn is over. */
  LatencyTrace trace(StageTimes turn, long promptMicros, long continuationMicros) {
    Stages compute = stages(turn, decodeNanos, encodeNanos).build();
    return LatencyTrace.newBuilder()
        .setFirstAudio(firstAudio == null ? Stages.getDefaultInstance() : firstAudio)
        .setFirstAudioMicros(firstAudioMicros)
        .setCompute(compute)
        .setAdmissionMicros(waitedNanos / NANOS_PER_MICRO)
        .setPromptMicros(promptMicros)
        .setContinuationMicros(continuationMicros)
        .setRealTimeFactor(continuationMicros == 0 ? 0 : (double) sum(compute) / continuationMicros)
        .build();
  }

  private static Stages.Builder stages(StageTimes times, long decodeNanos, long encodeNanos) {
    return Stages.newBuilder()
        .setTokenizeMicros((times.of(Stage.TOKENIZE) + decodeNanos) / NANOS_PER_MICRO)
        .setPrefillMicros(times.of(Stage.PREFILL) / NANOS_PER_MICRO)
        .setDecodeMicros(times.of(Stage.DECODE) / NANOS_PER_MICRO)
        .setVocodeMicros((times.of(Stage.DURATIONS) + times.of(Stage.VOCODE)) / NANOS_PER_MICRO)
        .setEncodeMicros(encodeNanos / NANOS_PER_MICRO);
  }

  private static long sum(Stages s) {
    return s.getQueueMicros()
        + s.getTokenizeMicros()
        + s.getPrefillMicros()
        + s.getDecodeMicros()
        + s.getVocodeMicros()
        + s.getEncodeMicros();
  }
}
