// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.bundle.LmFolder;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.torch.TorchRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.OptionalInt;
import tools.jackson.databind.json.JsonMapper;

/**
 * A tiny checkpoint with what the reference answers (case.json beside it says how it was made).
 *
 * @param name folder of the case
 * @param model folder of the checkpoint in it
 * @param expected folder of the answers in it
 */
record LmCase(String name, String model, String expected) {
  static final int UNITS = 500;

  static LmCase of(String name) {
    return new LmCase(name, "model", "expected");
  }

  /** The checkpoint as a user gives it. */
  LmFolder folder() {
    return LmFolder.open(Golden.path(name + "/" + model), OptionalInt.empty(), () -> UNITS);
  }

  /** The model with its vocabulary as units. */
  CausalLanguageModel raw(String device, Precision precision) {
    return load(LmFolder.openRaw(Golden.path(name + "/" + model)), device, precision);
  }

  static CausalLanguageModel load(LmFolder lm, String device, Precision precision) {
    TorchRuntime.start(BundleStore.home(), 1);
    return CausalLanguageModel.load(
        lm.component().folder(), lm.ids(), new ModelOptions(device, precision, 1));
  }

  /** The length of the error of all logits over the length of all logits. */
  static double relativeError(float[] actual, float[] expected) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow(actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(error / size);
  }

  private String path(String file) {
    return name + "/" + file;
  }

  /** Token ids, 2 rows. */
  int[][] ids() {
    int[] flat = Golden.ints(path("inputs/ids"));
    int n = flat.length / 2;
    return new int[][] {Arrays.copyOf(flat, n), Arrays.copyOfRange(flat, n, 2 * n)};
  }

  int[] prompt() {
    return Golden.ints(path("inputs/prompt"));
  }

  int[] greedyIds() {
    return Golden.ints(path(expected + "/greedy_ids"));
  }

  /** Logits of both rows, one after the other. */
  float[] logits() {
    return Golden.floats(path(expected + "/logits"));
  }

  /** The summed negative log-likelihood of a row. */
  double sumNll(String file, int row) {
    try {
      byte[] text = Files.readAllBytes(Golden.path(path(expected + "/" + file)));
      return JsonMapper.shared().readTree(text).get("sum_nll").get(row).doubleValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ConfigFile description() {
    return ConfigFile.read(Golden.path(path("case.json")));
  }

  double tolerance(String what) {
    return description().object("tolerance").number(what, 0, 1);
  }

  int firstUnitId() {
    return description().integer("first_unit_id", 0, 100);
  }

  int parameters() {
    return description().integer("parameters", 1, Integer.MAX_VALUE);
  }

  /** Logits that follow each id, computed in one pass. */
  static float[] logits(CausalLanguageModel model, int[] ids) {
    try (KvCache cache = model.newCache(1, ids.length)) {
      Tokens tokens = new Tokens();
      tokens.add(0, 0, ids);
      return model.logits(cache, tokens);
    }
  }

  @Override
  public String toString() {
    return name + "/" + model;
  }
}
