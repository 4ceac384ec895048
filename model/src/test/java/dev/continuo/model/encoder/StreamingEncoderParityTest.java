// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The encoder against its reference tensors (tolerances: golden/case.json). */
final class StreamingEncoderParityTest {
  private static final double UNIT_MARGIN = 0.02;

  private static StreamingEncoder encoder;
  private static float[] prompt;

  @BeforeAll
  static void load() {
    Bundle bundle = Golden.bundle();
    encoder =
        StreamingEncoder.load(
            bundle.encoder().folder(), bundle.quantizerFile(), ModelOptions.cpu(Precision.F32));
    prompt = Golden.wav("prompt");
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  @Test
  void melsAndConvolutionsAreTheReference() {
    EncoderShape shape = encoder.shape();
    TorchModule module = encoder.module();
    // the reference has no frames before the first sample: 3 hops of silence stand for them here
    int units = Golden.floats("conv").length / shape.width();
    int melFrames = 4 * shape.chunkFrames() * (units / shape.chunkFrames() + 1) + 3;
    float[] shifted = new float[(melFrames - 1) * shape.hop() + shape.window()];
    System.arraycopy(prompt, 0, shifted, shape.leftSamples(), prompt.length);
    long[] frames = {units}; // of one recording
    try (Tensor samples = module.tensor(shifted, shifted.length);
        Tensor mel = module.call("mel", samples, frames)) {
      float[] mels = mel.toFloats();
      float[] expected = Golden.floats("mel"); // (80, 200)
      float[] transposed = new float[expected.length];
      for (int j = 0; j < 200; j++) {
        for (int m = 0; m < shape.mels(); m++) {
          transposed[m * 200 + j] = mels[(j + 3) * shape.mels() + m];
        }
      }
      Golden.assertClose(transposed, expected, 1e-4);
      assertThat(mels).hasSize(melFrames * shape.mels());
      try (Tensor conv = module.call("convolutions", mel, frames, new long[] {0})) {
        Golden.assertClose(conv.toFloats(), Golden.floats("conv"), 1e-4);
      }
    }
  }

  @Test
  void firstBlockIsTheReference() {
    float[] conv = Golden.floats("conv");
    EncoderShape shape = encoder.shape();
    TorchModule module = encoder.module();
    Tensor[] keys = caches(shape, module);
    Tensor[] values = caches(shape, module);
    try (Tensor x = module.tensor(conv, conv.length / shape.width(), shape.width());
        Tensor block =
            module.call(
                "blocks",
                x,
                new long[] {0},
                new long[] {conv.length / shape.width()},
                keys,
                values,
                1)) {
      Golden.assertClose(block.toFloats(), Golden.floats("block0"), 1e-3);
    } finally {
      List.of(keys).forEach(Tensor::close);
      List.of(values).forEach(Tensor::close);
    }
  }

  private static Tensor[] caches(EncoderShape shape, TorchModule module) {
    Tensor[] caches = new Tensor[shape.layers()];
    for (int i = 0; i < caches.length; i++) {
      caches[i] =
          module.zeros(
              shape.heads(),
              (shape.leftChunks() + 1L) * shape.chunkFrames(),
              shape.width() / shape.heads());
    }
    return caches;
  }

  @Test
  void featuresAreTheReference() {
    float[] expected = Golden.floats("features");
    float[] all;
    try (StreamingEncoderStream stream = encoder.openStream()) {
      all =
          EncoderStreams.join(
              EncoderStreams.features(encoder, EncoderTurn.push(stream, prompt, 0, prompt.length)),
              EncoderStreams.features(encoder, EncoderTurn.finish(stream)));
    }
    assertThat(all).hasSameSizeAs(expected);
    Golden.assertClose(all, expected, 1e-3);
  }

  @Test
  void unitsAreTheReferenceWhereTheirMarginIsNotTiny() {
    int[] expected = Golden.ints("units");
    float[] margin = Golden.floats("unit_margin");
    int[] actual = EncoderStreams.units(encoder, prompt, prompt.length);
    assertThat(actual).hasSameSizeAs(expected);
    for (int t = 0; t < expected.length; t++) {
      if (margin[t] > UNIT_MARGIN) {
        assertThat(actual[t]).as("unit of frame " + t).isEqualTo(expected[t]);
      }
    }
  }

  @Test
  void halfPrecisionKeepsTheUnits() {
    Bundle bundle = Golden.bundle();
    try (StreamingEncoder half =
        StreamingEncoder.load(
            bundle.encoder().folder(), bundle.quantizerFile(), ModelOptions.cpu(Precision.FP16))) {
      assertThat(EncoderStreams.units(half, prompt, prompt.length))
          .isEqualTo(EncoderStreams.units(encoder, prompt, prompt.length));
    }
  }
}
