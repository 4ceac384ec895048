// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.LmIds;
import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Tiny language models of each family with made-up weights that fp16 does not hold exactly.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
final class TinyModel {
  static final int VOCABULARY = 60;

  /** So large that attention is far from even. */
  private static final double DEVIATION = 0.3;

  private TinyModel() {}

  /** A model whose ids are all units. */
  static CausalLanguageModel raw(String family, int layers, Precision precision) {
    ConfigFile config = config(family, layers);
    return RandomLanguageModel.of(config, DEVIATION, ModelOptions.cpu(precision));
  }

  /** A model with one id before every sequence and several that end one. */
  static CausalLanguageModel bounded(String family, int layers, Precision precision) {
    ConfigFile config = config(family, layers);
    Family network = Family.read(config);
    int[] ends = IntStream.range(1, 6).toArray();
    LmIds ids = new LmIds(6, VOCABULARY - 6, new int[] {0}, ends, new int[] {0});
    RandomCheckpoint weights = new RandomCheckpoint(config.file(), network, DEVIATION);
    return FamilyLoader.load(network, weights, ids, ModelOptions.cpu(precision));
  }

  private static ConfigFile config(String family, int layers) {
    String sizes =
        switch (family) {
          case "llama" ->
              "'hidden_size': 48, 'num_attention_heads': 4, 'num_key_value_heads': 2,"
                  + " 'intermediate_size': 64, 'tie_word_embeddings': true,"
                  + " 'max_position_embeddings': 400";
          case "qwen2" ->
              "'hidden_size': 48, 'num_attention_heads': 4, 'num_key_value_heads': 2,"
                  + " 'intermediate_size': 64, 'tie_word_embeddings': true,"
                  + " 'use_sliding_window': true, 'sliding_window': 30, 'max_window_layers': 0,"
                  + " 'max_position_embeddings': 400";
          case "gpt_neox" ->
              "'hidden_size': 48, 'num_attention_heads': 4, 'intermediate_size': 64,"
                  + " 'rotary_pct': 0.5, 'max_position_embeddings': 400";
          case "bloom" -> "'hidden_size': 48, 'n_head': 4";
          default ->
              "'hidden_size': 48, 'num_attention_heads': 4, 'ffn_dim': 64,"
                  + " 'max_position_embeddings': 400";
        };
    String json =
        "{'model_type': '%s', 'vocab_size': %d, '%s': %d, %s}"
            .formatted(
                family,
                VOCABULARY,
                family.equals("bloom") ? "n_layer" : "num_hidden_layers",
                layers,
                sizes)
            .replace('\'', '"');
    return ConfigFile.parse(Path.of(family), json.getBytes(StandardCharsets.UTF_8));
  }
}
