// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import static dev.continuo.model.bundle.BundleComponent.CODE_HIFIGAN;
import static dev.continuo.model.bundle.BundleComponent.HUBERT;
import static dev.continuo.model.bundle.BundleComponent.STREAMING_ENCODER;

import dev.continuo.model.checkpoint.ConfigFile;
import java.util.stream.IntStream;

/**
 * What an encoder or a vocoder says of its units and rates, in its architecture's words.
 * <i>Immutable.</i>
 */
record ComponentTerms(BundleComponent component) {
  /** What published HuBERTs take; their configurations do not say. */
  private static final int HUBERT_SAMPLE_RATE_HZ = 16_000;

  private static final int MAX_SAMPLE_RATE_HZ = 1_000_000;
  private static final int MAX_UNIT_RATE_HZ = 1_000;
  private static final int MAX_SIZE = 1 << 20;
  private static final String SAMPLE_RATE = "sample_rate";
  private static final String SAMPLING_RATE = "sampling_rate";
  private static final String NUM_UNITS = "num_units";

  private ConfigFile config() {
    return component.config();
  }

  private boolean is(String modelType) {
    return component.modelType().equals(modelType);
  }

  /** States the number of units, if the component knows it. */
  void units(Agreement units) {
    if (!is(HUBERT)) {
      String key = is(CODE_HIFIGAN) ? "num_embeddings" : NUM_UNITS;
      units.claim(config().integer(key, 1, LmIds.MAX_VOCABULARY), config().file(), key);
    }
  }

  /** States the samples a second of its audio. */
  void sampleRate(Agreement rate) {
    rate.claim(sampleRateHz(), config().file(), sampleRateKey());
  }

  private String sampleRateKey() {
    return is(CODE_HIFIGAN) ? SAMPLING_RATE : SAMPLE_RATE;
  }

  private int sampleRateHz() {
    if (is(HUBERT) && !config().has(SAMPLE_RATE)) {
      return HUBERT_SAMPLE_RATE_HZ;
    }
    return config().integer(sampleRateKey(), 1, MAX_SAMPLE_RATE_HZ);
  }

  /** States the units a second of audio. */
  void unitRate(Agreement rate) {
    if (is(HUBERT)) {
      product(rate, "conv_stride");
    } else if (is(CODE_HIFIGAN)) {
      product(rate, "upsample_rates");
    } else if (is(STREAMING_ENCODER)) {
      number(rate, "frame_rate_hz");
      double samples = config().integer("samples_per_frame", 1, MAX_SIZE);
      String key = SAMPLE_RATE + " / samples_per_frame";
      rate.claim(sampleRateHz() / samples, config().file(), key);
    } else {
      number(rate, "unit_rate_hz");
      double hop = config().integer("hop_length", 1, MAX_SIZE);
      double frames = config().integer("frames_per_unit", 1, MAX_SIZE);
      String key = SAMPLE_RATE + " / hop_length / frames_per_unit";
      rate.claim(sampleRateHz() / hop / frames, config().file(), key);
    }
  }

  private void number(Agreement rate, String key) {
    rate.claim(config().number(key, 1e-3, MAX_UNIT_RATE_HZ), config().file(), key);
  }

  /** Of rates that multiply to the samples of a unit. */
  private void product(Agreement rate, String key) {
    double samples =
        IntStream.of(config().integers(key, 1, 1024)).asDoubleStream().reduce(1, (a, b) -> a * b);
    rate.claim(sampleRateHz() / samples, config().file(), sampleRateKey() + " / " + key);
  }
}
