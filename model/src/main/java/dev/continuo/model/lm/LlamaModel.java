// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.LmIds;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import dev.continuo.model.torch.Weights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A LLaMA-type unit language model (network: {@code llama.py}; architecture: transformers,
 * models/llama/modeling_llama.py).
 *
 * <p><i>Thread-safe: immutable weights.</i>
 */
public final class LlamaModel implements UnitLanguageModel {
  private final LlamaShape shape;
  private final LmIds ids;
  private final TorchModule module;
  private final int bytesAWeight;

  private LlamaModel(LlamaShape shape, LmIds ids, TorchModule module, int bytesAWeight) {
    this.bytesAWeight = bytesAWeight;
    this.shape = shape;
    this.ids = ids;
    this.module = module;
  }

  /**
   * Loads a language model.
   *
   * @param folder holds {@code config.json} and weights, see {@link Checkpoint#open} as
   *     transformers writes them
   * @param ids which ids are units, which end a sequence, which are barred
   * @throws InputException if a file is missing, damaged or of another shape
   */
  public static LlamaModel load(Path folder, LmIds ids, ModelOptions options) {
    LlamaShape shape = LlamaShape.read(ConfigFile.read(folder.resolve("config.json")));
    Checkpoint file = Checkpoint.open(folder);
    TorchModule module =
        TorchModule.load(
            LlamaModel.class, "llama.py", "LanguageModel", attributes(shape), options.device());
    try {
      Weights weights = new Weights(module, file, options.precision());
      give(weights, module, shape, ids);
      return new LlamaModel(shape, ids, module, weights.bytesAWeight());
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }

  private static Map<String, Object> attributes(LlamaShape s) {
    Map<String, Object> a = new LinkedHashMap<>();
    a.put("training", false);
    a.put("layers", (long) s.layers());
    a.put("heads", (long) s.heads());
    a.put("kv", (long) s.kvHeads());
    a.put("head", (long) s.head());
    a.put("theta", s.theta());
    a.put("eps", s.eps());
    for (String list :
        List.of("embedding", "allowed", "meaning", "cos", "sin", "vectors", "p", "w", "b")) {
      a.put(list, List.of());
    }
    a.put("q", Map.of());
    return a;
  }

  private static void give(Weights weights, TorchModule module, LlamaShape s, LmIds ids) {
    long width = s.width();
    long[] in = {width};
    long kv = (long) s.kvHeads() * s.head();
    long q = (long) s.heads() * s.head();
    for (int i = 0; i < s.layers(); i++) {
      String p = "model.layers." + i + ".";
      String[] qkv = {p + "self_attn.q_proj", p + "self_attn.k_proj", p + "self_attn.v_proj"};
      weights.linear(false, in, qkv, q, kv, kv);
      weights.linear(false, new long[] {q}, new String[] {p + "self_attn.o_proj"}, width);
      String[] gateUp = {p + "mlp.gate_proj", p + "mlp.up_proj"};
      weights.linear(false, in, gateUp, s.inner(), s.inner());
      weights.linear(false, new long[] {s.inner()}, new String[] {p + "mlp.down_proj"}, width);
      weights.vector(p + "input_layernorm.weight", width);
      weights.vector(p + "post_attention_layernorm.weight", width);
    }
    weights.vector("model.norm.weight", width);
    String embedding = "model.embed_tokens.weight";
    Draws draws = Draws.of(ids, s.vocabulary());
    try (Tensor table = weights.tensor(embedding, s.vocabulary(), width);
        Tensor head =
            weights.tensor(s.tied() ? embedding : "lm_head.weight", s.vocabulary(), width);
        Tensor allowed = module.tensor(draws.allowed(), draws.allowed().length);
        Tensor meaning = module.tensor(draws.meaning(), draws.meaning().length)) {
      weights.sound(
          module.callForLong("ends", table, head, allowed, meaning, s.positions(), weights.way()),
          embedding + " or lm_head.weight");
    }
  }

  /**
   * Runs tokens through the network and draws what follows each group's last.
   *
   * @param how (4, groups): temperature, top-k, top-p and uniform number of each group
   * @return a unit or {@link #END} for each group
   */
  int[] step(KvCache cache, Tokens tokens, double[] how) {
    long[] last = tokens.last();
    try (Tensor flat = module.tensor(tokens.flat(), 3, tokens.size());
        Tensor ends = module.tensor(last, last.length);
        Tensor draw = module.tensor(how, 4, last.length);
        Tensor drawn =
            module.call(
                "step",
                flat,
                tokens.groups(),
                tokens.at(),
                cache.keys(),
                cache.values(),
                ends,
                draw)) {
      return units(drawn);
    }
  }

  /** Draws a unit for each row of logits, (rows, vocabulary); {@code how} as for {@link #step}. */
  int[] draw(float[] logits, double[] how) {
    long rows = logits.length / shape.vocabulary();
    try (Tensor given = module.tensor(logits, rows, shape.vocabulary());
        Tensor draw = module.tensor(how, 4, rows);
        Tensor drawn = module.call("draw", given, draw)) {
      return units(drawn);
    }
  }

  private static int[] units(Tensor drawn) {
    return Arrays.stream(drawn.toLongs()).mapToInt(Math::toIntExact).toArray();
  }

  /** Runs tokens through the network for their keys and values only. */
  void fill(KvCache cache, Tokens tokens) {
    try (Tensor flat = module.tensor(tokens.flat(), 3, tokens.size())) {
      module.callForLong("fill", flat, tokens.groups(), tokens.at(), cache.keys(), cache.values());
    }
  }

  /** Logits that follow each token, (tokens, vocabulary). */
  float[] logits(KvCache cache, Tokens tokens) {
    try (Tensor flat = module.tensor(tokens.flat(), 3, tokens.size());
        Tensor logits =
            module.call(
                "all_logits", flat, tokens.groups(), tokens.at(), cache.keys(), cache.values())) {
      return logits.toFloats();
    }
  }

  /** Bytes of the packed matrices that every step reads. */
  long weightBytes() {
    return bytesAWeight * shape.matrixWeights();
  }

  KvCache newCache(int rows, int positions) {
    return new KvCache(module, shape, rows, positions);
  }

  LlamaShape shape() {
    return shape;
  }

  LmIds ids() {
    return ids;
  }

  @Override
  public int unitCount() {
    return ids.units();
  }

  @Override
  public int maxPositions() {
    return shape.positions();
  }

  @Override
  public Sequence open(int positions) {
    if (positions < 1 || positions > shape.positions()) {
      throw new IllegalArgumentException(
          "positions: " + positions + " (expected: 1 to " + shape.positions() + ")");
    }
    return new LlamaSequence(this, positions);
  }

  @Override
  public void close() {
    module.close();
  }
}
