// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.LmIds;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A unit language model of any family, with its weights on one device.
 *
 * <p><i>Thread-safe: immutable weights.</i>
 */
public final class CausalLanguageModel implements UnitLanguageModel {
  /** Tokens whose likelihoods are computed at once: their logits stay below some megabytes. */
  private static final int SCORED_AT_ONCE = 64;

  private final Family family;
  private final LmIds ids;
  private final Draws draws;
  private final TorchModule module;
  private final Sizes sizes;

  /**
   * What a model takes of memory. <i>Immutable.</i>
   *
   * @param weightBytes of the packed matrices that every step reads
   * @param valueBytes of one component of a cached key or value
   */
  record Sizes(long weightBytes, int valueBytes) {}

  CausalLanguageModel(Family family, LmIds ids, Draws draws, TorchModule module, Sizes sizes) {
    this.family = family;
    this.ids = ids;
    this.draws = draws;
    this.module = module;
    this.sizes = sizes;
  }

  /**
   * Checks that a folder's configuration is understood and that its weights have every tensor it
   * takes. Nothing is read of them, and torch need not run.
   *
   * @throws InputException if a file is missing, damaged, of another shape or of another family
   */
  public static void check(Path folder) {
    Family family = Family.read(ConfigFile.read(folder.resolve("config.json")));
    FamilyLoader.check(family, Checkpoint.open(folder));
  }

  /**
   * Loads a language model.
   *
   * @param folder holds {@code config.json} and weights as transformers or SlamKit write them (see
   *     {@link Checkpoint#open})
   * @param ids which ids are units, which end a sequence, which are barred
   * @throws InputException if a file is missing, damaged, of another shape or of another family
   */
  public static CausalLanguageModel load(Path folder, LmIds ids, ModelOptions options) {
    Family family = Family.read(ConfigFile.read(folder.resolve("config.json")));
    return FamilyLoader.load(family, Checkpoint.open(folder), ids, options);
  }

  /**
   * Runs tokens through the network and draws what follows each group's last.
   *
   * @param how a draw for each group
   * @return a unit or {@link #END} for each group
   */
  int[] step(KvCache cache, Tokens tokens, DrawSettings how) {
    try (Tensor drawn =
        module.call(
            "step",
            tokens.flat(),
            tokens.groups(),
            tokens.at(),
            cache.layers(),
            how.settings(),
            how.greedy(),
            how.seen())) {
      return units(drawn);
    }
  }

  /** Draws a unit for each row of logits, (rows, vocabulary). */
  int[] draw(float[] logits, DrawSettings how) {
    long rows = logits.length / family.dimensions().vocabulary();
    try (Tensor given = module.tensor(logits, rows, family.dimensions().vocabulary());
        Tensor drawn = module.call("draw", given, how.settings(), how.greedy(), how.seen())) {
      return units(drawn);
    }
  }

  private static int[] units(Tensor drawn) {
    long[] units = drawn.toLongs();
    int[] narrow = new int[units.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (int) units[i];
    }
    return narrow;
  }

  /** Runs tokens through the network for their keys and values only. */
  void fill(KvCache cache, Tokens tokens) {
    module.callForLong("fill", tokens.flat(), tokens.groups(), tokens.at(), cache.layers());
  }

  /** Waits until all that was asked of a cache is done: devices work behind their callers. */
  void await(KvCache cache) {
    module.callForLong("wait", cache.layers());
  }

  /** Whether {@link #slide} can be done; else what is moved must be computed again. */
  boolean movable() {
    return family.movable();
  }

  /**
   * Positions {@code start + drop} to {@code length - 1} of a row move up by {@code drop}, turned
   * back by as much where positions are rotary.
   */
  void slide(KvCache cache, int row, int start, int drop, int length) {
    module.callForLong("slide", cache.layers(), row, start, drop, length);
  }

  /** Logits that follow each token, (tokens, vocabulary). */
  float[] logits(KvCache cache, Tokens tokens) {
    try (Tensor logits =
        module.call("all_logits", tokens.flat(), tokens.groups(), tokens.at(), cache.layers())) {
      return logits.toFloats();
    }
  }

  /** Bytes of the packed matrices that every step reads. */
  long weightBytes() {
    return sizes.weightBytes;
  }

  /** Number of weights in the matrices that every step multiplies with, the head's included. */
  long matrixWeights() {
    return family.matrixWeights();
  }

  /** Number of parameters, tied ones once. */
  public long parameters() {
    return family.parameters();
  }

  /** Bytes of a cache of so many positions, start ids included. */
  long cachedBytes(int rows, long positions) {
    return KvCache.bytes(family.dimensions(), rows, positions, sizes.valueBytes);
  }

  KvCache newCache(int rows, int positions) {
    return new KvCache(module, family.dimensions(), rows, positions);
  }

  LmIds ids() {
    return ids;
  }

  Draws draws() {
    return draws;
  }

  Dimensions dimensions() {
    return family.dimensions();
  }

  @Override
  public int unitCount() {
    return ids.units();
  }

  @Override
  public int maxPositions() {
    return family.dimensions().positions() - ids.startIds().length;
  }

  @Override
  public Sequence open(int positions) {
    SequenceRows rows = allocate(1, positions);
    return rows.openWithRows();
  }

  @Override
  public SequenceRows allocate(int rows, int positions) {
    if (rows < 1) {
      throw new IllegalArgumentException("rows: " + rows + " (expected: >= 1)");
    }
    if (positions < 1 || positions > maxPositions()) {
      throw new IllegalArgumentException(
          "positions: " + positions + " (expected: 1 to " + maxPositions() + ")");
    }
    return new SequenceRows(this, rows, positions);
  }

  @Override
  public long cacheBytes(int rows, int positions) {
    return cachedBytes(rows, (long) positions + ids.startIds().length);
  }

  @Override
  public float[] nll(int[] units, boolean bounded) {
    if (bounded && (ids.startIds().length == 0 || ids.endIds().length == 0)) {
      throw new InputException(
          "the language model names no id that starts and none that ends a sequence"
              + " (expected: both, to score them as SlamKit does)");
    }
    checkUnits(units);
    int first = ids.firstUnitId();
    int[] all = Arrays.stream(units).map(unit -> first + unit).toArray();
    if (bounded) {
      IntStream start = Arrays.stream(ids.startIds());
      all =
          IntStream.concat(
                  IntStream.concat(start, Arrays.stream(all)), IntStream.of(ids.endIds()[0]))
              .toArray();
    }
    if (all.length - 1 > family.dimensions().positions()) {
      throw new IllegalArgumentException(
          "units: " + units.length + " (expected: at most " + maxPositions() + ")");
    }
    float[] nll = idNll(all);
    int unscored = bounded ? ids.startIds().length - 1 : 0;
    return Arrays.copyOfRange(nll, unscored, nll.length);
  }

  /** Negative log-likelihoods of all ids but the first. */
  private float[] idNll(int[] all) {
    float[] nll = new float[Math.max(0, all.length - 1)];
    if (nll.length == 0) {
      return nll;
    }
    try (KvCache cache = newCache(1, nll.length)) {
      for (int at = 0; at < nll.length; at += SCORED_AT_ONCE) {
        int end = Math.min(nll.length, at + SCORED_AT_ONCE);
        Tokens tokens = new Tokens();
        tokens.add(0, at, Arrays.copyOfRange(all, at, end));
        float[] some = nll(cache, tokens, Arrays.copyOfRange(all, at + 1, end + 1));
        System.arraycopy(some, 0, nll, at, some.length);
      }
    }
    return nll;
  }

  private float[] nll(KvCache cache, Tokens tokens, int[] next) {
    long[] targets = Arrays.stream(next).asLongStream().toArray();
    try (Tensor nll =
        module.call("nll", tokens.flat(), tokens.groups(), tokens.at(), cache.layers(), targets)) {
      return nll.toFloats();
    }
  }

  /** Checks that all are units. */
  void checkUnits(int[] units) {
    for (int i = 0; i < units.length; i++) {
      if (units[i] < 0 || units[i] >= unitCount()) {
        throw new IllegalArgumentException(
            "units[" + i + "]: " + units[i] + " (expected: 0 to " + (unitCount() - 1) + ")");
      }
    }
  }

  @Override
  public void close() {
    module.close();
  }
}
