// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.bundle.LmIds;
import dev.continuo.model.checkpoint.ConfigFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Unit language models of well-known shapes with made-up weights, for benchmarks. All 502 ids are
 * units. <i>Immutable.</i>
 */
public final class RandomLanguageModel {
  /** Names of the shapes: a small unit language model, the bodies of SmolLM2-135M and OPT-350M. */
  public static final List<String> SHAPES = List.of("12x384", "smollm2-135m", "opt-350m");

  private RandomLanguageModel() {}

  /**
   * Makes a model in memory; the same weights every time.
   *
   * @param shape one of {@link #SHAPES}
   * @throws InputException if the device has no such precision
   */
  public static CausalLanguageModel of(String shape, ModelOptions options) {
    String resource = "shapes/" + shape + ".json";
    Path name = Path.of(shape);
    try (InputStream in = RandomLanguageModel.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new InputException("shape: " + shape + " (expected: one of " + SHAPES + ")");
      }
      ConfigFile config = ConfigFile.parse(name, in.readAllBytes());
      return of(config, RandomCheckpoint.USUAL_DEVIATION, options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A model as a config describes it; see {@link RandomCheckpoint}. */
  static CausalLanguageModel of(ConfigFile config, double deviation, ModelOptions options) {
    Family family = Family.read(config);
    RandomCheckpoint weights = new RandomCheckpoint(config.file(), family, deviation);
    return FamilyLoader.load(family, weights, LmIds.raw(config), options);
  }
}
