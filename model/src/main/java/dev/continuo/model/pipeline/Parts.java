// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.UnitLanguageModel;
import java.util.function.IntFunction;

/**
 * The streams of one session, opened together or not at all.
 *
 * <p><i>Serialised by the caller.</i>
 *
 * @param input prompt audio to units
 * @param sequence the language model's context
 * @param speech drawn units to audio
 */
record Parts(PromptInput input, UnitLanguageModel.Sequence sequence, SpeechOutput speech)
    implements AutoCloseable {

  static Parts open(
      Networks networks,
      IntFunction<UnitLanguageModel.Sequence> sequences,
      Budget budget,
      StageClock clock) {
    PromptInput input = new PromptInput(budget.prompt(), networks);
    try {
      SpeechOutput speech = SpeechOutput.open(networks, budget.samples(), clock);
      try {
        return new Parts(input, sequences.apply(budget.positions()), speech);
      } catch (RuntimeException | Error e) {
        speech.close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      input.close();
      throw e;
    }
  }

  @Override
  public void close() {
    try (input;
        sequence;
        speech) {
      // closed in reverse order, each whatever the others do
    }
  }
}
