// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * What a language model's own folder says of its ids, where no {@code bundle.json} does.
 *
 * <p>Units begin at TWIST's {@code offset}, 0 if the config has none, and the config's EOS ends. In
 * a folder of SlamKit (slp-rl/slamkit, tokeniser/unit_tokeniser.py) units follow the padding and
 * the one id that both starts and ends a sequence. Every other id is barred. <i>Immutable.</i>
 *
 * @param config the model's {@code config.json}
 * @param tokeniser SlamKit's {@code tokeniser_config.json}, or {@code config} where there is none
 */
record FolderIds(ConfigFile config, ConfigFile tokeniser) {
  private static final String SLAMKIT = "speech_language_model";
  private static final String TOKENISER = "tokeniser_config.json";
  private static final String NUM_UNITS = "num_units";

  static FolderIds read(Path folder, ConfigFile config) {
    Path file = folder.resolve(TOKENISER);
    return new FolderIds(config, Files.exists(file) ? ConfigFile.read(file) : config);
  }

  private boolean isSlamKit() {
    return config.has("model_type") && config.string("model_type").equals(SLAMKIT);
  }

  /** The file that states the number of units. */
  Path file() {
    return tokeniser.file();
  }

  /** The number of units, if the folder states it. */
  OptionalInt units() {
    if (tokeniser.has(NUM_UNITS)) {
      return OptionalInt.of(tokeniser.integer(NUM_UNITS, 1, LmIds.MAX_VOCABULARY));
    }
    return isSlamKit()
        ? OptionalInt.of(Math.max(1, LmIds.vocabulary(config) - firstAfterSpecial()))
        : OptionalInt.empty();
  }

  private int special(String key, int absent) {
    return tokeniser.integerOr(key, 0, LmIds.MAX_VOCABULARY, absent);
  }

  private int firstAfterSpecial() {
    return 1 + Math.max(special("pad_token_id", 0), special("bos_eos_token_id", 1));
  }

  /** The id that starts and ends every sequence that SlamKit trains with, if it is a SlamKit's. */
  int[] bounds() {
    return isSlamKit() ? new int[] {special("bos_eos_token_id", 1)} : new int[0];
  }

  /**
   * The ids.
   *
   * @param units number of units
   */
  LmIds ids(int units) {
    if (isSlamKit()) {
      return LmIds.create(config, firstAfterSpecial(), units, bounds(), bounds());
    }
    int first = config.integerOr("offset", 0, LmIds.MAX_VOCABULARY, 0);
    String eos = "eos_token_id";
    int vocabulary = LmIds.vocabulary(config);
    int[] ends = config.has(eos) ? config.integers(eos, -1, Integer.MAX_VALUE) : new int[0];
    int[] drawable =
        Arrays.stream(ends)
            .filter(id -> id >= 0 && id < vocabulary && (id < first || id >= first + units))
            .toArray();
    return LmIds.create(config, first, units, new int[0], drawable);
  }
}
