// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import com.google.protobuf.ByteString;
import dev.continuo.audio.G711;
import dev.continuo.audio.OpusPacketEncoder;
import dev.continuo.audio.Pcm16;
import dev.continuo.audio.Resampler;
import dev.continuo.v1.OpusSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Speech in, encoded pieces out: resampled to the output rate and cut into pieces that double in
 * length from the first to the longest, or into Opus packets.
 *
 * <p>However the speech comes in, the joined pieces are the same. <i>Serialised by the caller.</i>
 */
public final class OutputEncoder implements AutoCloseable {
  private static final int RESEARCH_MILLIS = 200;

  private final AudioKind kind;
  private final Resampler resampler;
  private final @Nullable OpusPacketEncoder opus;
  private final int longestSamples;
  private int pieceSamples;
  private float[] waiting = {};
  private long cutSamples; // of speech, given out as pieces

  private OutputEncoder(
      AudioKind kind,
      Resampler resampler,
      @Nullable OpusPacketEncoder opus,
      int firstSamples,
      int longestSamples) {
    this.kind = kind;
    this.resampler = resampler;
    this.opus = opus;
    this.pieceSamples = firstSamples;
    this.longestSamples = longestSamples;
  }

  /** Pieces of {@code firstMillis}, twice that and so on up to {@code longestMillis}. */
  public static OutputEncoder growing(
      AudioKind kind, int fromHz, int firstMillis, int longestMillis) {
    return new OutputEncoder(
        kind,
        new Resampler(fromHz, kind.rateHz()),
        null,
        Math.max(1, kind.rateHz() * firstMillis / 1000),
        Math.max(1, (int) ((long) kind.rateHz() * longestMillis / 1000)));
  }

  /** For research calls: pieces of 200 ms, or Opus packets as by default. */
  public static OutputEncoder research(AudioKind kind, int fromHz) {
    return kind.isOpus()
        ? packets(kind, fromHz, OpusKind.of(OpusSettings.getDefaultInstance()))
        : growing(kind, fromHz, RESEARCH_MILLIS, RESEARCH_MILLIS);
  }

  /** A piece for each piece of speech. */
  public static OutputEncoder asItComes(AudioKind kind, int fromHz) {
    return new OutputEncoder(kind, new Resampler(fromHz, kind.rateHz()), null, 0, 0);
  }

  /** Opus packets; the settings are valid. */
  public static OutputEncoder packets(AudioKind kind, int fromHz, OpusKind settings) {
    OpusPacketEncoder opus = settings.encoder(kind.rateHz());
    int frame = opus.frameSamples();
    return new OutputEncoder(kind, new Resampler(fromHz, kind.rateHz()), opus, frame, frame);
  }

  /** Samples at the output rate by which decoded Opus is late; 0 with other encodings. */
  public int preSkipSamples() {
    return opus == null ? 0 : opus.lookaheadSamples();
  }

  /** Takes speech and returns the pieces that are whole. */
  public List<Piece> push(float[] samples) {
    return cut(resampler.process(samples, 0, samples.length));
  }

  /** Ends the speech and returns its last pieces, at least one, maybe of no sample. */
  public List<Piece> finish() {
    List<Piece> pieces = new ArrayList<>(cut(resampler.finish()));
    if (opus == null) {
      if (waiting.length > 0 || pieces.isEmpty()) {
        pieces.add(uncompressed(waiting));
      }
      return pieces;
    }
    long total = cutSamples + waiting.length;
    while (total > 0 && cutSamples < total + opus.lookaheadSamples()) {
      waiting = Arrays.copyOf(waiting, opus.frameSamples()); // silence behind the last sample
      Piece packet = packet(opus, waiting, total);
      waiting = new float[0];
      pieces.add(packet);
    }
    if (pieces.isEmpty()) {
      pieces.add(new Piece(ByteString.EMPTY, 0, 0, 0));
    }
    return pieces;
  }

  private List<Piece> cut(float[] more) {
    List<Piece> pieces = new ArrayList<>();
    float[] all = Arrays.copyOf(waiting, waiting.length + more.length);
    System.arraycopy(more, 0, all, waiting.length, more.length);
    int at = 0;
    while (at < all.length && all.length - at >= pieceSamples) {
      int length = pieceSamples == 0 ? all.length : pieceSamples;
      float[] piece = Arrays.copyOfRange(all, at, at + length);
      pieces.add(opus == null ? uncompressed(piece) : packet(opus, piece, Long.MAX_VALUE));
      at += length;
      pieceSamples = Math.min(2 * pieceSamples, longestSamples);
    }
    waiting = Arrays.copyOfRange(all, at, all.length);
    return pieces;
  }

  private Piece uncompressed(float[] samples) {
    byte[] bytes = new byte[samples.length * kind.sampleBytes()];
    switch (kind.encoding()) {
      case AUDIO_ENCODING_MULAW -> G711.MU_LAW.encode(samples, 0, samples.length, bytes, 0);
      case AUDIO_ENCODING_ALAW -> G711.A_LAW.encode(samples, 0, samples.length, bytes, 0);
      default -> Pcm16.encode(samples, 0, samples.length, bytes, 0);
    }
    long first = cutSamples;
    cutSamples += samples.length;
    return new Piece(ByteString.copyFrom(bytes), first, cutSamples, samples.length);
  }

  private Piece packet(OpusPacketEncoder encoder, float[] frame, long totalSamples) {
    ByteString data = ByteString.copyFrom(encoder.encode(frame, 0));
    long first = cutSamples - encoder.lookaheadSamples();
    cutSamples += frame.length;
    long end = first + frame.length;
    long belonging = Math.min(end, totalSamples) - Math.max(0, first);
    return new Piece(data, first, end, (int) Math.max(0, belonging));
  }

  @Override
  public void close() {
    if (opus != null) {
      opus.close();
    }
  }
}
