// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.Samples;
import dev.continuo.model.SpeechEncoder;
import java.util.Arrays;

/**
 * An encoder of arithmetic: 1 kHz, 25 units a second, unit t from the mean of samples [40 t + 3, 40
 * t + 43), committed in chunks of four.
 */
final class FakeEncoder implements SpeechEncoder {
  static final int RATE_HZ = 1000;
  static final int UNITS = 50;
  private static final int FRAME = 40;
  private static final int FIRST = 3;
  private static final int CHUNK = 4;

  private final Ledger ledger;

  FakeEncoder(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public int sampleRateHz() {
    return RATE_HZ;
  }

  @Override
  public int unitCount() {
    return UNITS;
  }

  @Override
  public double unitRateHz() {
    return 25;
  }

  @Override
  public int minimumSamples() {
    return FIRST + FRAME;
  }

  @Override
  public Stream open() {
    ledger.opened();
    return new FakeStream();
  }

  @Override
  public void close() {}

  private final class FakeStream implements Stream {
    private float[] samples = {};
    private int committed;
    private boolean finished;
    private boolean closed;

    @Override
    public int[] push(float[] more, int offset, int length) {
      requireOpen();
      ledger.worked(Stage.TOKENIZE);
      samples = Samples.concat(samples, Arrays.copyOfRange(more, offset, offset + length));
      int known = frames();
      return commit(known - known % CHUNK);
    }

    @Override
    public int[] finish() {
      requireOpen();
      ledger.worked(Stage.TOKENIZE);
      finished = true;
      return commit(frames());
    }

    private int frames() {
      return Math.max(0, (samples.length - FIRST) / FRAME);
    }

    private int[] commit(int until) {
      int[] units = new int[until - committed];
      for (int i = 0; i < units.length; i++) {
        int start = FRAME * committed++ + FIRST;
        double sum = 0;
        for (int n = start; n < start + FRAME; n++) {
          sum += samples[n];
        }
        units[i] = Math.floorMod((int) Math.floor(sum / FRAME * UNITS), UNITS);
      }
      return units;
    }

    private void requireOpen() {
      if (finished || closed) {
        throw new IllegalStateException("finished or closed");
      }
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        ledger.closed();
      }
    }
  }
}
