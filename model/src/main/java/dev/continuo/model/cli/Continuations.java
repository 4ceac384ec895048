// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Several continuations of one prompt, drawn together. <i>Immutable.</i> */
final class Continuations {
  private Continuations() {}

  /**
   * Draws until each has ended or is full.
   *
   * @param prompt units, at least one
   * @param samplings how to draw each
   * @param most units of each
   * @param progress is told how many each has that has not ended
   * @return the new units of each
   */
  static List<int[]> of(
      UnitLanguageModel model,
      int[] prompt,
      List<Sampling> samplings,
      int most,
      IntConsumer progress) {
    int n = samplings.size();
    int[][] units = new int[n][most];
    int[] drawn = new int[n];
    List<UnitLanguageModel.Sequence> sequences = new ArrayList<>();
    try (UnitLanguageModel.Rows rows = model.allocate(n, prompt.length + most)) {
      try {
        for (int i = 0; i < n; i++) {
          UnitLanguageModel.Sequence sequence = rows.open(i);
          sequences.add(sequence);
          sequence.enqueue(prompt);
        }
        List<Integer> going = new ArrayList<>(IntStream.range(0, n).boxed().toList());
        for (int step = 0; step < most && !going.isEmpty(); step++) {
          int[] next =
              rows.next(
                  going.stream().map(sequences::get).toList(),
                  going.stream().map(samplings::get).toList(),
                  new int[going.size()]);
          for (int i = next.length - 1; i >= 0; i--) {
            if (next[i] == UnitLanguageModel.END) {
              going.remove(i);
            } else {
              units[going.get(i)][drawn[going.get(i)]++] = next[i];
            }
          }
          progress.accept(step + 1);
        }
      } finally {
        sequences.forEach(UnitLanguageModel.Sequence::close);
      }
    }
    List<int[]> continuations = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      continuations.add(Arrays.copyOf(units[i], drawn[i]));
    }
    return continuations;
  }
}
