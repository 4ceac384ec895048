// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchRuntime;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How far logits are from those of float32: of the shapes of {@code bench}, and of the default
 * bundle. {@code -Dcontinuo.context=512 -Dcontinuo.shapes=12x384,smollm2-135m,opt-350m} is the run
 * of docs/benchmarks/decode.md.
 */
final class LogitErrorTest {
  private static final int CONTEXT = Integer.getInteger("continuo.context", 128);
  private static final int PASS = 64; // tokens of a pass over given ones
  private static final int STEPS = 16; // of one token each, at the end
  private static final double MOST_IN_FP16 = 2e-3;
  private static final double LEAST_IN_INT8 = 1e-3; // else it is not int8 that was measured
  private static final double MOST_IN_INT8 = 0.04; // keys and values in float16 included

  /** A model at a precision of one CPU thread. */
  private interface Loader {
    CausalLanguageModel load(ModelOptions options);
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  static Stream<String> shapes() {
    return Stream.of(System.getProperty("continuo.shapes", "12x384,smollm2-135m").split(","));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void errorOfShapesIsBounded(String shape) {
    TorchRuntime.start(BundleStore.home(), 1);
    bounded(shape, options -> RandomLanguageModel.of(shape, options), randomIds(shape));
  }

  @Test
  void errorOfTheDefaultBundleIsBounded() {
    Bundle bundle = Golden.bundle();
    bounded(
        bundle.name(),
        options -> CausalLanguageModel.load(bundle.lm().folder(), bundle.lmIds(), options),
        Golden.ints("dedup_units"));
  }

  private static int[] randomIds(String seed) {
    return new Random(seed.hashCode()).ints(CONTEXT, 0, 502).toArray();
  }

  private static void bounded(String name, Loader loader, int[] ids) {
    float[] exact = logits(loader, Precision.F32, ids);
    double half = LmCase.relativeError(logits(loader, Precision.FP16, ids), exact);
    double bytes = LmCase.relativeError(logits(loader, Precision.INT8, ids), exact);
    System.out.printf(
        "%s, %d tokens: relative logit error of fp16 %.1e, int8 %.4f%n",
        name, ids.length, half, bytes);
    assertThat(half).isLessThanOrEqualTo(MOST_IN_FP16);
    assertThat(bytes).isBetween(LEAST_IN_INT8, MOST_IN_INT8);
  }

  /** All logits of a row: in passes of several tokens, then in steps of one. */
  private static float[] logits(Loader loader, Precision precision, int[] ids) {
    try (CausalLanguageModel model = loader.load(ModelOptions.cpu(precision));
        KvCache cache = model.newCache(1, ids.length)) {
      int vocabulary = model.dimensions().vocabulary();
      float[] all = new float[ids.length * vocabulary];
      for (int at = 0; at < ids.length; ) {
        int given = ids.length - STEPS - at;
        int n = given > 0 ? Math.min(PASS, given) : 1;
        Tokens tokens = new Tokens();
        tokens.add(0, at, Arrays.copyOfRange(ids, at, at + n));
        System.arraycopy(model.logits(cache, tokens), 0, all, at * vocabulary, n * vocabulary);
        at += n;
      }
      return all;
    }
  }
}
