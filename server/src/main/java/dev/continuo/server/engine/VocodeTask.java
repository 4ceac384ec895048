// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import com.google.protobuf.ByteString;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.AudioKind;
import dev.continuo.server.session.OutputEncoder;
import dev.continuo.server.session.Piece;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.Seats;
import dev.continuo.v1.VocodeResponse;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Units to audio, incrementally. <i>Confined to the engine thread.</i> */
final class VocodeTask extends ResearchTask<VocodeResponse> implements VocodingTask {
  /** Units whose durations are predicted, and frames that are spoken, in one step. */
  private static final int STEP = 16;

  private final UnitVocoder model;
  private final int[] units;
  private final int[] durations;
  private final OutputEncoder encoder;
  private UnitVocoder.@Nullable Durations predictor;
  private UnitVocoder.@Nullable Stream stream;
  private int given; // units the predictor has
  private int known; // durations
  private int unit; // that is spoken
  private int spokenFrames; // of it
  private boolean last; // whether the utterance ends with this step

  /**
   * A task.
   *
   * @param durations as many as units, or none where they are predicted
   */
  VocodeTask(
      UnitVocoder model,
      int[] units,
      int[] durations,
      AudioKind output,
      String bundle,
      Results<VocodeResponse> results,
      Seats.Seat seat,
      Ticker ticker) {
    super(Stage.VOCODE, bundle, results, seat, ticker);
    this.model = model;
    this.units = units;
    this.known = durations.length;
    this.given = durations.length;
    this.durations = Arrays.copyOf(durations, units.length);
    this.encoder = OutputEncoder.research(output, model.sampleRateHz());
  }

  @Override
  public Pass pass() {
    return Pass.VOCODE;
  }

  @Override
  public Object network(Pass pass) {
    return model;
  }

  @Override
  public int mostTogether(Pass pass) {
    return model.mostTogether();
  }

  @Override
  public UnitVocoder.@Nullable Step beginVocoding() {
    if (over()) {
      return null;
    }
    UnitVocoder.Stream open = stream;
    if (open == null) {
      open = model.open();
      stream = open;
    }
    if (unit == known && known < units.length) {
      predict();
    }
    int[] frames = nextFrames();
    last = unit == units.length;
    return new UnitVocoder.Step(open, frames, last);
  }

  @Override
  public void endVocoding(float[] samples, int mates) {
    send(results(), encoder.push(samples));
    if (last) {
      send(results(), encoder.finish());
      complete();
    }
  }

  private void predict() {
    UnitVocoder.Durations open = predictor;
    if (open == null) {
      open = model.openDurations();
      predictor = open;
    }
    int end = Math.min(units.length, given + STEP);
    int[] more =
        given == units.length ? open.finish() : open.push(Arrays.copyOfRange(units, given, end));
    given = end;
    System.arraycopy(more, 0, durations, known, more.length);
    known += more.length;
  }

  private int[] nextFrames() {
    int[] frames = new int[STEP];
    int filled = 0;
    while (filled < STEP && unit < known) {
      frames[filled++] = units[unit];
      if (++spokenFrames == durations[unit]) {
        unit++;
        spokenFrames = 0;
      }
    }
    return Arrays.copyOf(frames, filled);
  }

  private static void send(Results<VocodeResponse> out, List<Piece> pieces) {
    for (Piece piece : pieces) {
      out.next(response(piece.data(), piece.firstSample(), piece.sampleCount()));
    }
  }

  private static VocodeResponse response(ByteString data, long firstSample, int samples) {
    return VocodeResponse.newBuilder()
        .setData(data)
        .setFirstSampleIndex(firstSample)
        .setSampleCount(samples)
        .build();
  }

  @Override
  void release() {
    encoder.close();
    if (predictor != null) {
      predictor.close();
    }
    if (stream != null) {
      stream.close();
    }
  }
}
