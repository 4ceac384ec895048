// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.random;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Shapes that a random bundle can have. <i>Immutable.</i> */
public enum Shape {
  /** The default bundle's three networks. */
  DEFAULT("default", 0),
  /** TWIST-350M: OPT-350M, HuBERT base (at 25 Hz as mHuBERT-25Hz), CodeHiFiGAN of 512 channels. */
  TWIST_350M("twist-350m", 2),
  /** Qwen2.5-0.5B in SlamKit's layout, with the default bundle's encoder and vocoder. */
  SLAMKIT("slamkit", 2),
  /** OPT-125M with the default bundle's encoder and vocoder. */
  OPT_125M("opt-125m", 2),
  /** OPT-350M with the default bundle's encoder and vocoder. */
  OPT_350M("opt-350m", 2),
  /** Pythia-160M with the default bundle's encoder and vocoder. */
  PYTHIA_160M("pythia-160m", 2),
  /** Pythia-410M with the default bundle's encoder and vocoder. */
  PYTHIA_410M("pythia-410m", 2);

  private static final List<Double> OWN_RATES_HZ = List.of(12.5, 25.0, 50.0, 100.0);
  private static final List<Double> HUBERT_RATES_HZ = List.of(25.0, 50.0);

  private final String label;
  private final int firstUnitId;

  Shape(String label, int firstUnitId) {
    this.label = label;
    this.firstUnitId = firstUnitId;
  }

  /** The shape of this name. */
  public static Optional<Shape> of(String label) {
    return Arrays.stream(values()).filter(shape -> shape.label.equals(label)).findFirst();
  }

  /** Its name, as in {@code twist-350m}. */
  public String label() {
    return label;
  }

  /** Unit rates it can have, in Hz: HuBERT's follow from its strides. */
  public List<Double> unitRatesHz() {
    return isPublished() ? HUBERT_RATES_HZ : OWN_RATES_HZ;
  }

  /** Id of unit 0. */
  int firstUnitId() {
    return firstUnitId;
  }

  /** Ids besides those of the units: padding and a bound, or the one that bounds both sides. */
  int otherIds() {
    return Math.max(1, firstUnitId);
  }

  /** Whether encoder and vocoder are of published architectures. */
  boolean isPublished() {
    return this == TWIST_350M;
  }

  RandomNetwork languageModel(int units) {
    int vocabulary = units + otherIds();
    return switch (this) {
      case DEFAULT -> LanguageModels.starter(vocabulary);
      case SLAMKIT -> LanguageModels.slamKit(vocabulary);
      case TWIST_350M, OPT_350M -> LanguageModels.opt350(vocabulary, firstUnitId);
      case OPT_125M -> LanguageModels.opt125(vocabulary, firstUnitId);
      case PYTHIA_160M -> LanguageModels.pythia160(vocabulary, firstUnitId);
      case PYTHIA_410M -> LanguageModels.pythia410(vocabulary, firstUnitId);
    };
  }

  RandomNetwork encoder(double unitRateHz, int units) {
    return isPublished() ? Encoders.hubert(unitRateHz) : Encoders.streaming(unitRateHz, units);
  }

  RandomNetwork vocoder(double unitRateHz, int units) {
    return isPublished()
        ? Vocoders.codeHifigan(unitRateHz, units)
        : Vocoders.sourceFilter(unitRateHz, units);
  }
}
