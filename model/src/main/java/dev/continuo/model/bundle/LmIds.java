// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * How a language model's vocabulary ids map to units.
 *
 * <p>Each id of the vocabulary is a unit, ends a sequence, or is barred; a unit may be barred too.
 * <i>Immutable.</i>
 *
 * @param firstUnitId id of unit 0; unit u has id {@code firstUnitId + u}
 * @param units number of units
 * @param endIds ids that end a sequence, ascending, none of them a unit; not to be changed
 * @param barredIds ids that are never drawn, ascending: every id that is neither a unit nor an end,
 *     and those that the bundle bars; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record LmIds(int firstUnitId, int units, int[] endIds, int[] barredIds) {
  /** Largest vocabulary; the largest published ones have about 2^18 ids. */
  static final int MAX_VOCABULARY = 1 << 22;

  private static final String FIRST_UNIT_ID = "first_unit_id";
  private static final String UNITS = "units";
  private static final String END_IDS = "end_ids";
  private static final String BARRED_IDS = "barred_ids";

  /** Whether the {@code lm} object of a {@code bundle.json} says anything about ids. */
  static boolean describes(ConfigFile block) {
    return block.has(FIRST_UNIT_ID)
        || block.has(UNITS)
        || block.has(END_IDS)
        || block.has(BARRED_IDS);
  }

  /**
   * Ids as {@code bundle.json} gives them.
   *
   * @param block the {@code lm} object of {@code bundle.json}
   * @param config the language model's {@code config.json}
   */
  static LmIds of(ConfigFile block, ConfigFile config) {
    int vocabulary = vocabulary(config);
    int first = block.integer(FIRST_UNIT_ID, 0, MAX_VOCABULARY);
    int units = block.integer(UNITS, 1, MAX_VOCABULARY);
    checkFits(first, units, vocabulary, config.file(), block.file() + ": lm");
    int[] ends = block.has(END_IDS) ? block.integers(END_IDS, 0, vocabulary - 1) : new int[0];
    int[] barred =
        block.has(BARRED_IDS) ? block.integers(BARRED_IDS, 0, vocabulary - 1) : new int[0];
    for (int end : ends) {
      if (end >= first && end < first + units) {
        throw block.fault(END_IDS, "ids outside the units " + first + ".." + (first + units - 1));
      }
    }
    BitSet ending = new BitSet();
    IntStream.of(ends).forEach(ending::set);
    if (IntStream.of(barred).anyMatch(ending::get)) {
      throw block.fault(BARRED_IDS, "no id that is also in " + END_IDS);
    }
    return create(first, units, vocabulary, ends, barred);
  }

  /**
   * Ids of a model that nobody described: units begin at TWIST's {@code offset} (0 if the config
   * has none), the config's EOS ends unless it is a unit itself, all others are barred.
   *
   * @param units number of units of the bundle
   */
  static LmIds undescribed(int units, ConfigFile config) {
    int vocabulary = vocabulary(config);
    int first = config.integerOr("offset", 0, MAX_VOCABULARY, 0);
    checkFits(first, units, vocabulary, config.file(), config.file().toString());
    String eos = "eos_token_id";
    int[] ends = config.has(eos) ? config.integers(eos, 0, vocabulary - 1) : new int[0];
    int[] outside = Arrays.stream(ends).filter(id -> id < first || id >= first + units).toArray();
    return create(first, units, vocabulary, outside, new int[0]);
  }

  private static int vocabulary(ConfigFile config) {
    return config.integer("vocab_size", 1, MAX_VOCABULARY);
  }

  private static void checkFits(int first, int units, int vocabulary, Path config, String source) {
    if (first + (long) units > vocabulary) {
      throw new InputException(
          config
              + ": vocab_size: "
              + vocabulary
              + " (expected: >= "
              + (first + (long) units)
              + " for "
              + units
              + " units from id "
              + first
              + ", as in "
              + source
              + ")");
    }
  }

  private static LmIds create(int first, int units, int vocabulary, int[] ends, int[] barred) {
    BitSet bars = new BitSet(vocabulary);
    bars.set(0, vocabulary);
    bars.clear(first, first + units);
    IntStream.of(ends).forEach(bars::clear);
    IntStream.of(barred).forEach(bars::set);
    int[] sortedEnds = IntStream.of(ends).sorted().distinct().toArray();
    return new LmIds(first, units, sortedEnds, bars.stream().toArray());
  }
}
