// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.UnitVocoder;
import org.junit.jupiter.api.Test;

class NetworksTest {
  @Test
  void rejectsNetworksWithDifferentUnits() {
    Ledger ledger = new Ledger();
    UnitVocoder other = new ManyUnits(new FakeVocoder(ledger));
    assertThatThrownBy(
            () -> new Networks(new FakeEncoder(ledger), new FakeLanguageModel(ledger, 9), other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unitCount: encoder 50, language model 50, vocoder 100 (expected: the same)");
  }

  private record ManyUnits(FakeVocoder vocoder) implements UnitVocoder {
    @Override
    public int sampleRateHz() {
      return vocoder.sampleRateHz();
    }

    @Override
    public int unitCount() {
      return 100;
    }

    @Override
    public int samplesPerFrame() {
      return vocoder.samplesPerFrame();
    }

    @Override
    public Stream open() {
      return vocoder.open();
    }

    @Override
    public Durations openDurations() {
      return vocoder.openDurations();
    }

    @Override
    public void close() {
      vocoder.close();
    }
  }
}
