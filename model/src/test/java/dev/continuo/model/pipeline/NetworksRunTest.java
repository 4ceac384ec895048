// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Rendering;
import dev.continuo.model.StreamingPolicy;
import dev.continuo.model.StreamingPolicy.Mode;
import dev.continuo.model.StreamingPolicy.Statistics;
import org.junit.jupiter.api.Test;

/** How encoder and vocoder run in a session. */
class NetworksRunTest {
  private static final StreamingPolicy POLICY =
      new StreamingPolicy(3000, 900, 100, Statistics.EXACT, Mode.LOW_LATENCY);

  private final Ledger ledger = new Ledger();
  private final HesitantEncoder encoder = new HesitantEncoder(ledger);
  private final FakeLanguageModel lm = new FakeLanguageModel(ledger, Bench.MAX_POSITIONS);

  private Continuation run(Networks networks) {
    Prompt prompt = new Prompt("in.wav", FakeEncoder.RATE_HZ, Prompt.UNKNOWN);
    try (ContinuationSession session =
        ContinuationSession.open(networks, prompt, 2, Bench.SAMPLING, new FakeTicker(1))) {
      Bench.run(session, Bench.prompt(3, 4000));
      return session.result();
    }
  }

  @Test
  void theEncoderRunsByTheirPolicy() {
    run(new Networks(encoder, lm, new FakeVocoder(ledger), POLICY, Rendering.first()));
    assertThat(encoder.policy()).contains(POLICY);
  }

  @Test
  void withoutAPolicyUnitsComeAtTheEnd() {
    run(new Networks(encoder, lm, new FakeVocoder(ledger)));
    assertThat(encoder.policy()).isEmpty();
  }

  @Test
  void unitsThatStayAreTheCallersAtOnce() {
    Networks networks =
        new Networks(encoder, lm, new FakeVocoder(ledger), POLICY, Rendering.first());
    Prompt prompt = new Prompt("in.wav", FakeEncoder.RATE_HZ, Prompt.UNKNOWN);
    try (ContinuationSession session =
        ContinuationSession.open(networks, prompt, 2, Bench.SAMPLING, new FakeTicker(1))) {
      float[] samples = Bench.prompt(3, 4000);
      assertThat(session.push(samples, 0, samples.length)).isNotEmpty();
    }
  }

  @Test
  void theVocoderSpeaksAsTheySay() {
    FakeVocoder vocoder = new FakeVocoder(ledger);
    Rendering third = new Rendering(3, 1, 8);
    run(new Networks(encoder, lm, vocoder, POLICY, third));
    assertThat(vocoder.rendering()).isEqualTo(third);
    Rendering other = new Rendering(2, 0, 9);
    run(new Networks(encoder, lm, vocoder, POLICY, third).speaking(other));
    assertThat(vocoder.rendering()).isEqualTo(other);
  }

  @Test
  void unitsLastAsLongAsTheySayWhereTheVocoderPredictsNothing() {
    FakeVocoder vocoder = new FakeVocoder(ledger, false);
    Rendering two = new Rendering(0, 0, Rendering.EXACT, 2);
    Continuation result = run(new Networks(encoder, lm, vocoder, POLICY, two));
    assertThat(result.durations()).isNotEmpty().containsOnly(2);
    assertThat(result.samples()).isEqualTo(2L * FakeVocoder.RATE_HZ);
  }
}
