// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.checkpoint.NpyArray;
import dev.continuo.model.torch.TorchRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The reference tensors of the default bundle, and the bundle itself; a folder each, tiny
 * checkpoints of published architectures with what their reference implementations answer.
 *
 * <p>{@code case.json} beside them says what each is and how exactly it must be met.
 * <i>Thread-safe: stateless.</i>
 */
public final class Golden {
  private static final int WAV_HEADER_BYTES = 44;

  private Golden() {}

  /** The default bundle, with the engine running. */
  public static Bundle bundle() {
    TorchRuntime.start(BundleStore.home(), 1);
    return new BundleStore(BundleStore.home()).open(BundleStore.DEFAULT);
  }

  public static float[] floats(String name) {
    return NpyArray.read(path(name + ".npy")).toFloats();
  }

  public static int[] ints(String name) {
    return Arrays.stream(NpyArray.read(path(name + ".npy")).toLongs())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** Samples of a golden 16-bit WAV with the plain header. */
  public static float[] wav(String name) {
    try {
      byte[] bytes = Files.readAllBytes(path(name + ".wav"));
      ByteBuffer pcm = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      float[] samples = new float[(bytes.length - WAV_HEADER_BYTES) / 2];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = pcm.getShort(WAV_HEADER_BYTES + 2 * i) / 32768f;
      }
      return samples;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where networks are tested: {@code -Dcontinuo.test.device=cpu,cuda}. */
  public static List<String> devices() {
    return List.of(System.getProperty("continuo.test.device", "cpu").split(","));
  }

  /** A file or folder among the reference tensors. */
  public static Path path(String file) {
    try {
      return Path.of(Golden.class.getResource("golden/" + file).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(file, e);
    }
  }

  /** Asserts that the first values of {@code actual} are those of {@code expected}. */
  public static void assertClose(float[] actual, float[] expected, double tolerance) {
    assertThat(actual.length).isGreaterThanOrEqualTo(expected.length);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs(actual[i] - expected[i]);
      worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
    }
    assertThat(worst).as("largest difference").isLessThanOrEqualTo(tolerance);
  }
}
