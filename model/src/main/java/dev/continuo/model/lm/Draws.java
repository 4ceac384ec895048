// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.LmIds;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which vocabulary ids may be drawn and what each stands for. <i>Immutable.</i>
 *
 * @param allowed ids: units that are not barred, then ids that end a sequence
 * @param meaning the unit, or {@link UnitLanguageModel#END}
 * @param indexOf index of each id of the vocabulary among those allowed, or -1
 */
@SuppressWarnings("ArrayRecordComponent") // made once a model, handed to native code
record Draws(long[] allowed, long[] meaning, int[] indexOf) {

  static Draws of(LmIds ids, int vocabulary) {
    boolean[] barred = new boolean[vocabulary];
    for (int id : ids.barredIds()) {
      barred[id] = true;
    }
    int first = ids.firstUnitId();
    int[] units = IntStream.range(first, first + ids.units()).filter(id -> !barred[id]).toArray();
    int[] ends = Arrays.stream(ids.endIds()).filter(id -> !barred[id]).toArray();
    long[] allowed =
        IntStream.concat(Arrays.stream(units), Arrays.stream(ends)).asLongStream().toArray();
    long[] meaning = new long[allowed.length];
    Arrays.fill(meaning, UnitLanguageModel.END);
    for (int i = 0; i < units.length; i++) {
      meaning[i] = (long) units[i] - first;
    }
    int[] indexOf = new int[vocabulary];
    Arrays.fill(indexOf, -1);
    for (int i = 0; i < allowed.length; i++) {
      indexOf[(int) allowed[i]] = i;
    }
    return new Draws(allowed, meaning, indexOf);
  }
}
