// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.random;

import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleBuilder;
import dev.continuo.model.checkpoint.DType;
import dev.continuo.model.checkpoint.NpyWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A bundle of random weights: everything runs and costs what a trained bundle of its shape costs,
 * and nothing it says means anything. <i>Immutable.</i>
 *
 * @param shape which networks
 * @param unitRateHz units a second, one of the shape's
 * @param units number of distinct units
 * @param seed the same seed gives the same bytes
 */
public record RandomBundle(Shape shape, double unitRateHz, int units, long seed) {
  /** Most units; published quantizers have up to some thousand. */
  public static final int MAX_UNITS = 100_000;

  /** Layer whose features TWIST's quantizer takes. */
  private static final int HUBERT_LAYER = 11;

  /** Of a centroid's elements: about that of features behind layer norms. */
  private static final double CENTROID_DEVIATION = 0.5;

  /** Checks the values. */
  public RandomBundle {
    if (!shape.unitRatesHz().contains(unitRateHz)) {
      throw new IllegalArgumentException(
          "unit-rate: " + unitRateHz + " (expected: one of " + shape.unitRatesHz() + ")");
    }
    if (units < 2 || units > MAX_UNITS) {
      throw new IllegalArgumentException("units: " + units + " (expected: 2 to " + MAX_UNITS + ")");
    }
  }

  /**
   * Writes the bundle.
   *
   * @param target a folder that does not exist yet
   * @throws dev.continuo.model.InputException if it exists or cannot be written
   */
  public Bundle write(Path target) {
    return BundleBuilder.build(target, description(), this::writeParts);
  }

  private void writeParts(Path folder) throws IOException {
    RandomNetwork encoder = shape.encoder(unitRateHz, units);
    encoder.write(folder.resolve("encoder"), seed);
    int width = encoder.config().get("hidden_size").intValue();
    NpyWriter.write(folder.resolve("encoder/kmeans.npy"), centroids(width), units, width);
    shape.languageModel(units).write(folder.resolve("lm"), seed + 1);
    shape.vocoder(unitRateHz, units).write(folder.resolve("vocoder"), seed + 2);
  }

  /** Directions of one length, without a mean: random features lie near many of them. */
  float[] centroids(int width) {
    float[] values = new float[units * width];
    RandomTensor.around("centroids", DType.F32, CENTROID_DEVIATION, units, width)
        .balanced(width)
        .entry(seed)
        .source()
        .next(values, values.length);
    return values;
  }

  private ObjectNode description() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    String hertz = BigDecimal.valueOf(unitRateHz).stripTrailingZeros().toPlainString();
    json.put("name", "random-" + shape.label() + "-" + hertz + "hz");
    json.put("version", "1").put("licence", "CC0-1.0");
    json.put("unit_rate_hz", unitRateHz).put("num_units", units);
    ObjectNode encoder = json.putObject("encoder");
    encoder.put("path", "encoder").put("quantizer", "kmeans.npy");
    encoder.put("sample_rate", Encoders.SAMPLE_RATE_HZ);
    if (shape.isPublished()) {
      encoder.put("layer", HUBERT_LAYER);
    }
    ObjectNode lm = json.putObject("lm").put("path", "lm");
    lm.put("first_unit_id", shape.firstUnitId()).put("units", units).putArray("end_ids");
    ArrayNode barred = lm.putArray("barred_ids");
    for (int i = 0; i < shape.otherIds(); i++) {
      barred.add(shape.firstUnitId() == 0 ? units : i);
    }
    int rate = shape.isPublished() ? Vocoders.CODE_HIFIGAN_RATE_HZ : Vocoders.SOURCE_FILTER_RATE_HZ;
    json.putObject("vocoder").put("path", "vocoder").put("sample_rate", rate);
    String what = "random weights of seed " + seed + ", for load tests: what it says means nothing";
    return json.put("provenance", what);
  }
}
