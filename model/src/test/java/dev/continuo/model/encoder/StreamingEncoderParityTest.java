// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.ArrayList;
import java.util.Arrays;
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
    float[] padded = Arrays.copyOf(prompt, prompt.length + shape.paddingSamples());
    TorchModule module = encoder.module();
    // the reference has no frames before the first sample: 3 hops of silence stand for them here
    float[] shifted = new float[padded.length + shape.leftSamples()];
    System.arraycopy(padded, 0, shifted, shape.leftSamples(), padded.length);
    int frames = (shifted.length - shape.window()) / shape.hop() + 1;
    try (Tensor samples = module.tensor(shifted, shifted.length);
        Tensor mel = module.call("mel", samples)) {
      float[] mels = mel.toFloats();
      float[] expected = Golden.floats("mel"); // (80, 200)
      float[] transposed = new float[expected.length];
      for (int j = 0; j < 200; j++) {
        for (int m = 0; m < shape.mels(); m++) {
          transposed[m * 200 + j] = mels[(j + 3) * shape.mels() + m];
        }
      }
      Golden.assertClose(transposed, expected, 1e-4);
      assertThat(mels).hasSize(frames * shape.mels());
      try (Tensor conv = module.call("convolutions", mel, true)) {
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
        Tensor block = module.call("blocks", x, 0, keys, values, 1)) {
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
    List<Tensor> results = new ArrayList<>();
    try (StreamingEncoderStream stream = encoder.openStream()) {
      stream.take(prompt, 0, prompt.length, "features", results);
      stream.end("features", results);
    }
    float[] expected = Golden.floats("features");
    float[] all = new float[expected.length];
    int at = 0;
    for (Tensor result : results) {
      try (result) {
        float[] some = result.toFloats();
        System.arraycopy(some, 0, all, at, some.length);
        at += some.length;
      }
    }
    assertThat(at).isEqualTo(expected.length);
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
