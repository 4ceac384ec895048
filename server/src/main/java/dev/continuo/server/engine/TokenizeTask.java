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
final class TokenizeTask extends ResearchTask<TokenizeResponse>
    implements Research.Feed, TokenizingTask {
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
  private boolean last; // whether the recording ends with this step

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
  public Pass pass() {
    return Pass.TOKENIZE;
  }

  @Override
  public Object network(Pass pass) {
    return encoder;
  }

  @Override
  public int mostTogether(Pass pass) {
    return encoder.mostTogether();
  }

  @Override
  public SpeechEncoder.@Nullable Step beginTokenizing() {
    if (over()) {
      return null;
    }
    SpeechEncoder.Stream open = stream;
    if (open == null) {
      open = encoder.open();
      stream = open;
    }
    if (!inbox.hasAudio()) {
      last = true;
      return new SpeechEncoder.Step(open, resampler.finish(), true);
    }
    float[] samples = inbox.take();
    consumedSamples += samples.length;
    return new SpeechEncoder.Step(open, resampler.process(samples, 0, samples.length), false);
  }

  @Override
  public void endTokenizing(SpeechEncoder.Units given, int mates) {
    TokenizeResponse.Builder response = TokenizeResponse.newBuilder();
    units(response, given.pushed());
    if (last) {
      units(response, given.last());
      deduplicator.finish(frames -> ended(response, frames));
      if (!anyUnit) {
        throw new InputException(
            "audio: %d samples, shorter than one unit (expected: at least %.1f ms)"
                .formatted(
                    consumedSamples, 1e3 * encoder.minimumSamples() / encoder.sampleRateHz()));
      }
    }
    results().next(response.setConsumedSamples(consumedSamples).build());
    if (last) {
      complete();
    }
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
