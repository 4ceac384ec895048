// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.file.Path;
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
 * @param startIds ids that stand before the first unit of every sequence, most often none; not to
 *     be changed
 * @param endIds ids that end a sequence, ascending, none of them a unit; not to be changed
 * @param barredIds ids that are never drawn, ascending: every id that is neither a unit nor an end,
 *     and those that the bundle bars; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record LmIds(int firstUnitId, int units, int[] startIds, int[] endIds, int[] barredIds) {
  /** Largest vocabulary; the largest published ones have about 2^18 ids. */
  static final int MAX_VOCABULARY = 1 << 22;

  private static final String FIRST_UNIT_ID = "first_unit_id";
  private static final String UNITS = "units";
  private static final String START_IDS = "start_ids";
  private static final String END_IDS = "end_ids";
  private static final String BARRED_IDS = "barred_ids";

  /** Whether the {@code lm} object of a {@code bundle.json} says anything about ids. */
  static boolean describes(ConfigFile block) {
    return block.has(FIRST_UNIT_ID)
        || block.has(UNITS)
        || block.has(START_IDS)
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
    int[] starts = block.has(START_IDS) ? block.integers(START_IDS, 0, vocabulary - 1) : new int[0];
    return create(first, units, vocabulary, new int[][] {starts, ends, barred});
  }

  /** Ids for a vocabulary that is taken as it is: every id is a unit. */
  public static LmIds raw(ConfigFile config) {
    return create(config, 0, vocabulary(config), new int[0], new int[0]);
  }

  /** This with the same ids at the start and the end of every sequence. */
  LmIds bounded(int[] bounds) {
    return new LmIds(firstUnitId, units, bounds, bounds, barredIds);
  }

  /** Ids where all that is no unit and no end is barred. */
  static LmIds create(ConfigFile config, int first, int units, int[] starts, int[] ends) {
    int vocabulary = vocabulary(config);
    checkFits(first, units, vocabulary, config.file(), config.file().toString());
    return create(first, units, vocabulary, new int[][] {starts, ends, {}});
  }

  static int vocabulary(ConfigFile config) {
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

  /** From ids that start, that end and that are barred. */
  private static LmIds create(int first, int units, int vocabulary, int[][] others) {
    int[] ends = others[1];
    BitSet bars = new BitSet(vocabulary);
    bars.set(0, vocabulary);
    bars.clear(first, first + units);
    IntStream.of(ends).forEach(bars::clear);
    IntStream.of(others[2]).forEach(bars::set);
    int[] sortedEnds = IntStream.of(ends).sorted().distinct().toArray();
    return new LmIds(first, units, others[0], sortedEnds, bars.stream().toArray());
  }
}
