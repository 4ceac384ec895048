// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Outcome;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import dev.continuo.model.torch.Weights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bundle's own vocoder: units to harmonic envelope, noise and F0, then pulses and noise through
 * minimum-phase filters (network: {@code source_filter_vocoder.py}).
 *
 * <p>Units are computed in groups of a fixed place and length, so the samples of an utterance do
 * not depend, to the bit, on how its units were cut. <i>Thread-safe: immutable weights.</i>
 */
public final class SourceFilterVocoder implements UnitVocoder {
  /** Longest duration that is predicted, one second. */
  private static final int LONGEST_FRAMES = 25;

  /** Little is gained, and the first waits for the last (decision 014). */
  private static final int MOST_TOGETHER = 4;

  private final VocoderShape shape;
  private final TorchModule module;
  private final boolean rowsAreIndependent;

  private SourceFilterVocoder(VocoderShape shape, TorchModule module, boolean rowsAreIndependent) {
    this.shape = shape;
    this.module = module;
    this.rowsAreIndependent = rowsAreIndependent;
  }

  /**
   * Loads a vocoder.
   *
   * @param folder holds {@code config.json} and weights, see {@link Checkpoint#open}
   * @throws dev.continuo.model.InputException if a file is missing, damaged or of another shape
   */
  public static SourceFilterVocoder load(Path folder, ModelOptions options) {
    VocoderShape shape = VocoderShape.read(ConfigFile.read(folder.resolve("config.json")));
    Checkpoint file = Checkpoint.open(folder);
    TorchModule module =
        TorchModule.load(
            SourceFilterVocoder.class,
            "source_filter_vocoder.py",
            "Vocoder",
            attributes(shape),
            options.device());
    try {
      Weights weights = new Weights(module, file, options.precision());
      give(weights, module, shape);
      return new SourceFilterVocoder(shape, module, weights.rowsAreIndependent());
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }

  private static Map<String, Object> attributes(VocoderShape s) {
    Map<String, Object> a = new LinkedHashMap<>();
    a.put("training", false);
    a.put("unit_layers", (long) s.unitLayers());
    a.put("frame_layers", (long) s.frameLayers());
    a.put("upsampling", (long) s.upsampling());
    a.put("kernel", (long) s.kernel());
    a.put("right", (long) s.right());
    a.put("hop", (long) s.hop());
    a.put("taps", (long) s.taps());
    a.put("fft", (long) s.fft());
    a.put("rate", (long) s.sampleRateHz());
    a.put("f0_floor", s.f0FloorHz());
    a.put("top", s.topHz());
    for (String list :
        List.of("embedding", "position", "excitation", "constants", "vectors", "p", "w", "b")) {
      a.put(list, List.of());
    }
    a.put("q", Map.of());
    return a;
  }

  private static void give(Weights weights, TorchModule module, VocoderShape s) {
    long width = s.width();
    try (Tensor embedding = weights.tensor("emb.weight", s.units(), width);
        Tensor position = weights.tensor("pos", s.upsampling(), width);
        Tensor excitation = weights.anyLength("excitation")) {
      weights.sound(
          module.callForLong("tables", embedding, position, excitation, s.bands()),
          "emb.weight, pos or excitation");
    }
    for (int i = 0; i < s.unitLayers() + s.frameLayers(); i++) {
      String p = i < s.unitLayers() ? "pre." + i + "." : "post." + (i - s.unitLayers()) + ".";
      weights.vector(p + "dw.weight", width, 1, s.kernel());
      for (String v : List.of("dw.bias", "norm.weight", "norm.bias", "g")) {
        weights.vector(p + v, width);
      }
      weights.linear(p + "up", VocoderShape.EXPANSION * width, width);
      weights.linear(p + "down", width, VocoderShape.EXPANSION * width);
    }
    weights.vector("norm.weight", width);
    weights.vector("norm.bias", width);
    weights.linear("harm", s.bins(), width);
    weights.linear("noise", s.bands(), width);
    weights.linear("pitch", 2, width);
    weights.linear("d1", s.durationWidth(), width, 3);
    weights.linear("d2", s.durationWidth(), s.durationWidth(), 3);
    weights.linear("dp", 1, s.durationWidth());
    for (String norm : List.of("n1.weight", "n1.bias", "n2.weight", "n2.bias")) {
      weights.vector(norm, s.durationWidth());
    }
  }

  @Override
  public int sampleRateHz() {
    return shape.sampleRateHz();
  }

  @Override
  public int unitCount() {
    return shape.units();
  }

  @Override
  public int samplesPerFrame() {
    return shape.samplesPerUnit();
  }

  @Override
  public Stream open() {
    return new SourceFilterStream(module, shape);
  }

  @Override
  public List<Outcome<float[]>> step(List<Step> steps) {
    List<SourceFilterTurn> turns = steps.stream().map(SourceFilterTurn::of).toList();
    SourceFilterTurn.run(module, turns, rowsAreIndependent);
    return turns.stream().map(SourceFilterTurn::samples).toList();
  }

  @Override
  public int mostTogether() {
    return rowsAreIndependent ? MOST_TOGETHER : 1;
  }

  @Override
  public Durations openDurations() {
    return new PredictedDurations(module, shape.units(), LONGEST_FRAMES);
  }

  TorchModule module() {
    return module;
  }

  VocoderShape shape() {
    return shape;
  }

  @Override
  public void close() {
    module.close();
  }
}
