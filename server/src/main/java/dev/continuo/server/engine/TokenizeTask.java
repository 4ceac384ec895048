// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.audio.Resampler;
import dev.continuo.model.InputException;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.pipeline.Deduplicator;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Research;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.Seats;
import dev.continuo.v1.TokenizeResponse;
import dev.continuo.v1.UnitSpan;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Audio to units, incrementally.
 *
 * <p><i>Thread-safe: {@link Research.Feed}'s methods leave wishes in the inbox, the rest is the
 * engine thread's.</i>
 */
final class TokenizeTask extends ResearchTask<TokenizeResponse> implements Research.Feed {
  private static final int STEP_MILLIS = 320;

  private final Engine engine;
  private final SpeechEncoder encoder;
  private final Ticker ticker;
  private final Inbox inbox;
  private final Resampler resampler;
  private final boolean raw;
  private final Deduplicator deduplicator = new Deduplicator();
  private final Deque<Integer> opened = new ArrayDeque<>();
  private SpeechEncoder.@Nullable Stream stream;
  private long consumedSamples;
  private boolean anyUnit;

  TokenizeTask(
      Engine engine,
      SpeechEncoder encoder,
      int rateHz,
      boolean raw,
      String bundle,
      Results<TokenizeResponse> results,
      Seats.Seat seat,
      Ticker ticker) {
    super(Stage.TOKENIZE, bundle, results, seat, ticker);
    this.engine = engine;
    this.encoder = encoder;
    this.raw = raw;
    this.ticker = ticker;
    this.inbox = new Inbox(rateHz * STEP_MILLIS / 1000);
    this.resampler = new Resampler(rateHz, encoder.sampleRateHz());
  }

  @Override
  public void hear(float[] samples) {
    inbox.hear(samples, ticker.nanos());
    engine.wake();
  }

  @Override
  public void finish() {
    inbox.commit(ticker.nanos());
    engine.wake();
  }

  @Override
  public void close() {
    inbox.close();
    engine.wake();
  }

  @Override
  public boolean ready() {
    return super.ready() && (inbox.hasAudio() || inbox.committed());
  }

  @Override
  public boolean over() {
    return super.over() || inbox.closed();
  }

  @Override
  boolean work(Results<TokenizeResponse> out) {
    SpeechEncoder.Stream open = stream;
    if (open == null) {
      open = encoder.open();
      stream = open;
    }
    TokenizeResponse.Builder response = TokenizeResponse.newBuilder();
    boolean last = !inbox.hasAudio();
    if (last) {
      float[] rest = resampler.finish();
      units(response, open.push(rest, 0, rest.length));
      units(response, open.finish());
      deduplicator.finish(frames -> ended(response, frames));
      if (!anyUnit) {
        throw new InputException(
            "audio: %d samples, shorter than one unit (expected: at least %.1f ms)"
                .formatted(
                    consumedSamples, 1e3 * encoder.minimumSamples() / encoder.sampleRateHz()));
      }
    } else {
      float[] samples = inbox.take();
      consumedSamples += samples.length;
      float[] resampled = resampler.process(samples, 0, samples.length);
      units(response, open.push(resampled, 0, resampled.length));
    }
    out.next(response.setConsumedSamples(consumedSamples).build());
    return last;
  }

  private void units(TokenizeResponse.Builder response, int[] frameUnits) {
    anyUnit |= frameUnits.length > 0;
    if (!raw) {
      deduplicator.push(frameUnits, opened::add, frames -> ended(response, frames));
      return;
    }
    for (int unit : frameUnits) {
      response.addUnits(UnitSpan.newBuilder().setUnit(unit).setDurationFrames(1));
    }
  }

  private void ended(TokenizeResponse.Builder response, int frames) {
    response.addUnits(UnitSpan.newBuilder().setUnit(opened.remove()).setDurationFrames(frames));
  }

  @Override
  void release() {
    if (stream != null) {
      stream.close();
    }
  }
}
