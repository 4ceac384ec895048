// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.checkpoint.ConfigFile;
import java.util.List;

/**
 * Hyper-parameters of a LLaMA-type language model, as its {@code config.json} has them (Hugging
 * Face transformers, {@code LlamaConfig}; versions 4 and 5 write the rotary base in different
 * places). <i>Immutable.</i>
 *
 * @param vocabulary number of ids
 * @param width of the layers
 * @param layers number of them
 * @param heads of the attention
 * @param kvHeads heads of keys and values
 * @param head width of a head
 * @param inner width of the feed-forward
 * @param positions most positions
 * @param theta base of the rotary angles
 * @param eps of the norms
 * @param tied whether the head is the embedding
 */
record LlamaShape(
    int vocabulary,
    int width,
    int layers,
    int heads,
    int kvHeads,
    int head,
    int inner,
    int positions,
    double theta,
    double eps,
    boolean tied) {

  static LlamaShape read(ConfigFile c) {
    int heads = c.integer("num_attention_heads", 1, 4096);
    int width = c.integer("hidden_size", 2, 1 << 20);
    int kvHeads = c.integerOr("num_key_value_heads", 1, heads, heads);
    if (heads % kvHeads != 0) {
      throw c.fault("num_key_value_heads", "a divisor of num_attention_heads, " + heads);
    }
    int head = c.integerOr("head_dim", 2, 4096, width / heads);
    if (head < 2 || head % 2 != 0) {
      throw c.fault("head_dim", "an even number");
    }
    if (!c.stringOr("hidden_act", "silu").equals("silu")) {
      throw c.fault("hidden_act", "silu");
    }
    for (String bias : List.of("attention_bias", "mlp_bias")) {
      if (c.flagOr(bias, false)) {
        throw c.fault(bias, "false");
      }
    }
    return new LlamaShape(
        c.integer("vocab_size", 1, 1 << 24),
        width,
        c.integer("num_hidden_layers", 1, 4096),
        heads,
        kvHeads,
        head,
        c.integer("intermediate_size", 1, 1 << 24),
        c.integer("max_position_embeddings", 1, 1 << 24),
        theta(c),
        c.number("rms_norm_eps", 0, 1),
        c.flagOr("tie_word_embeddings", false));
  }

  private static double theta(ConfigFile c) {
    ConfigFile rotary = c.objectIfPresent("rope_parameters").orElse(c);
    ConfigFile scaling = c.objectIfPresent("rope_scaling").orElse(rotary);
    String type = scaling.stringOr("rope_type", scaling.stringOr("type", "default"));
    if (!type.equals("default")) {
      throw scaling.fault(scaling.has("rope_type") ? "rope_type" : "type", "default");
    }
    return rotary.number("rope_theta", 1, 1e12);
  }

  /** Number of weights in the matrices of all layers and of the head. */
  long matrixWeights() {
    long attention = (2L * heads + 2L * kvHeads) * head * width;
    return layers * (attention + 3L * inner * width) + (long) vocabulary * width;
  }
}
