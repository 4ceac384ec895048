// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.StreamingPolicy;
import java.util.Optional;

/**
 * A {@link FakeEncoder} that under a policy gives some units wrong at first: every seventh, from
 * the tenth on.
 */
final class HesitantEncoder implements SpeechEncoder {
  private final FakeEncoder sure;
  private Optional<StreamingPolicy> policy = Optional.empty();

  HesitantEncoder(Ledger ledger) {
    this.sure = new FakeEncoder(ledger);
  }

  @Override
  public int sampleRateHz() {
    return sure.sampleRateHz();
  }

  @Override
  public int unitCount() {
    return sure.unitCount();
  }

  @Override
  public double unitRateHz() {
    return sure.unitRateHz();
  }

  @Override
  public int minimumSamples() {
    return sure.minimumSamples();
  }

  @Override
  public Stream open() {
    return sure.open();
  }

  @Override
  public boolean takesPolicy() {
    return true;
  }

  /** How the latest stream was to run. */
  Optional<StreamingPolicy> policy() {
    return policy;
  }

  @Override
  public Stream open(StreamingPolicy how) {
    policy = Optional.of(how);
    return new HesitantStream(sure.open());
  }

  @Override
  public void close() {}

  private static final class HesitantStream implements Stream {
    private final Stream stream;
    private final IntList units = new IntList();
    private int firstWrong = Integer.MAX_VALUE;
    private int withdrawn;

    HesitantStream(Stream stream) {
      this.stream = stream;
    }

    @Override
    public int[] push(float[] samples, int offset, int length) {
      int[] given = stream.push(samples, offset, length);
      int before = units.size();
      units.add(given);
      for (int i = 0; i < given.length; i++) {
        int place = before + i;
        if (place >= 10 && place % 7 == 3) {
          given[i] = (given[i] + 1) % FakeEncoder.UNITS;
          firstWrong = Math.min(firstWrong, place);
        }
      }
      return given;
    }

    @Override
    public int[] finish() {
      int given = units.size();
      units.add(stream.finish());
      int kept = Math.min(given, firstWrong);
      withdrawn = given - kept;
      return units.from(kept);
    }

    @Override
    public int withdrawn() {
      return withdrawn;
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
