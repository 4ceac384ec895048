// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.bundle.LmIds;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import dev.continuo.model.torch.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hands a checkpoint over to a family's script, layer by layer. <i>Immutable.</i> */
final class FamilyLoader {
  private static final long FLOAT16 = 5; // as torch counts types
  private static final long FLOAT32 = 6;
  private static final long BFLOAT16 = 15;

  private FamilyLoader() {}

  /**
   * Loads a model.
   *
   * @throws dev.continuo.model.InputException if a tensor is missing, of another shape, or holds a
   *     value that is not finite
   */
  static CausalLanguageModel load(
      Family family, Checkpoint stored, LmIds ids, ModelOptions options) {
    return load(family, stored, ids, options, !options.device().equals("cpu"));
  }

  /**
   * The same by kernels that need not be the device's own.
   *
   * @param plain whether nothing is packed, keys and values are of the weights' type, and attention
   *     is products of matrices, as suits a GPU
   */
  static CausalLanguageModel load(
      Family family, Checkpoint stored, LmIds ids, ModelOptions options, boolean plain) {
    Checkpoint file = stored.ignoring(family.prefixes().toArray(String[]::new));
    long cached = cached(options.precision(), plain);
    TorchModule module =
        TorchModule.load(
            FamilyLoader.class,
            List.of("attention.py", family.script(), "language_model.py"),
            "LanguageModel",
            attributes(family, cached, plain),
            options.device());
    try {
      Weights weights = new Weights(module, file, options.precision(), plain);
      Draws draws = Draws.of(ids, family.dimensions().vocabulary());
      long bytes = 0;
      for (Layer layer : family.layers()) {
        bytes += give(weights, layer, bytes == 0);
      }
      tables(module, family);
      ends(weights, module, family, head(family, file), draws);
      bytes += weights.bytes(family.dimensions().headWeights(), weights.exactWay());
      int valueBytes = cached == FLOAT32 ? Float.BYTES : Short.BYTES;
      CausalLanguageModel.Sizes taken = new CausalLanguageModel.Sizes(bytes, valueBytes);
      CausalLanguageModel model = new CausalLanguageModel(family, ids, draws, module, taken);
      module.compile(() -> firstCalls(model));
      return model;
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }

  /**
   * Checks that a checkpoint has every tensor that a family takes; nothing is read, torch need not
   * run.
   *
   * @throws dev.continuo.model.InputException if one is missing, of another shape or no floats
   */
  static void check(Family family, Checkpoint stored) {
    Checkpoint file = stored.ignoring(family.prefixes().toArray(String[]::new));
    Dimensions sizes = family.dimensions();
    for (Layer layer : family.layers()) {
      layer.tensors().forEach(file::requireFloats);
    }
    for (String name : List.of(family.embedding(), head(family, file))) {
      file.requireFloats(name, sizes.vocabulary(), sizes.embedding());
    }
  }

  /** The type of keys and values. */
  private static long cached(Precision precision, boolean plain) {
    return switch (precision) {
      case INT8 -> FLOAT16;
      case BF16 -> BFLOAT16;
      case FP16 -> plain ? FLOAT16 : FLOAT32;
      case F32 -> FLOAT32;
    };
  }

  private static void firstCalls(CausalLanguageModel model) {
    try (KvCache cache = model.newCache(1, 2)) {
      Tokens one = new Tokens();
      one.add(0, 0, 0);
      DrawSettings how = new DrawSettings(1);
      how.set(0, Sampling.greedy(), 0);
      model.step(cache, one, how);
      Tokens two = new Tokens();
      two.add(0, 0, 0, 0);
      model.fill(cache, two);
    }
  }

  private static Map<String, Object> attributes(Family family, long cached, boolean plain) {
    Map<String, Object> a = new LinkedHashMap<>(family.attributes());
    a.put("training", false);
    a.put("dense", plain);
    a.put("block", (long) KvCache.BLOCK);
    a.put("cached", cached);
    for (String list :
        List.of("embedding", "allowed", "meaning", "tables", "vectors", "p", "w", "b")) {
      a.put(list, List.of());
    }
    a.put("q", Map.of());
    return a;
  }

  /**
   * Gives a layer to the script. The first matrix, queries and keys of the first layer, is where
   * rounding to float16 costs most: all that follows attends by it (decision 011).
   *
   * @return bytes of its packed matrix
   */
  private static long give(Weights weights, Layer layer, boolean first) {
    long size = layer.matrixWeights();
    int way = first ? weights.sensitiveWay(size) : weights.way(size);
    if (layer instanceof Layer.Linear l) {
      String[] names = l.names().toArray(String[]::new);
      weights.linear(way, l.bias(), new long[] {l.inputs()}, names, l.rows());
    } else if (layer instanceof Layer.ByHeads l) {
      weights.byHeads(way, l.bias(), l.name(), l.heads(), l.head(), l.inputs());
    } else if (layer instanceof Layer.Vector l) {
      weights.vector(l.name(), l.shape());
    }
    return weights.bytes(size, way);
  }

  private static void tables(TorchModule module, Family family) {
    if (family.table().length > 0) {
      try (Tensor table = module.tensor(family.table(), family.table().length)) {
        module.callForLong("table", table);
      }
    }
    if (family.rope().isPresent()) {
      Rope rope = family.rope().get();
      try (Tensor scales = module.tensor(rope.scales(), rope.scales().length)) {
        module.callForLong(
            "rotary", scales, rope.theta(), family.dimensions().positions(), rope.loudness());
      }
    }
  }

  /** The name of the head in this file, or that of the embedding. */
  private static String head(Family family, Checkpoint file) {
    List<String> names = family.heads();
    return names.isEmpty()
        ? family.embedding()
        : names.stream().filter(file::has).findFirst().orElse(names.get(0));
  }

  /** The head stays exact in every precision: it has few rows, and logits are what is compared. */
  private static void ends(
      Weights weights, TorchModule module, Family family, String headName, Draws draws) {
    Dimensions sizes = family.dimensions();
    try (Tensor table = weights.tensor(family.embedding(), sizes.vocabulary(), sizes.embedding());
        Tensor head = weights.tensor(headName, sizes.vocabulary(), sizes.embedding());
        Tensor allowed = module.tensor(draws.allowed(), draws.allowed().length);
        Tensor meaning = module.tensor(draws.meaning(), draws.meaning().length)) {
      weights.sound(
          module.callForLong("ends", table, head, allowed, meaning, weights.exactWay()),
          family.embedding() + " or " + headName);
    }
  }
}
