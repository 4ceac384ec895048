// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.ConfigFile;

/**
 * Hyper-parameters of a LLaMA-type language model, as its {@code config.json} has them (Hugging Face
 * transformers, {@code LlamaConfig}; versions 4 and 5 write the rotary base in different places).
 * <i>Immutable.</i>
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
    int heads = c.positiveInt("num_attention_heads");
    int width = c.positiveInt("hidden_size");
    int kvHeads = c.positiveInt("num_key_value_heads", heads);
    if (heads % kvHeads != 0) {
      throw bad(c, "num_key_value_heads", kvHeads, "a divisor of num_attention_heads, " + heads);
    }
    int head = c.positiveInt("head_dim", Math.max(1, width / heads));
    if (head % 2 != 0) {
      throw bad(c, "head_dim", head, "an even number");
    }
    refuse(c, "hidden_act", "silu");
    refuse(c, "attention_bias", "false");
    refuse(c, "mlp_bias", "false");
    return new LlamaShape(
        c.positiveInt("vocab_size"),
        width,
        c.positiveInt("num_hidden_layers"),
        heads,
        kvHeads,
        head,
        c.positiveInt("intermediate_size"),
        c.positiveInt("max_position_embeddings"),
        theta(c),
        c.positiveDouble("rms_norm_eps"),
        c.flag("tie_word_embeddings", false));
  }

  private static double theta(ConfigFile c) {
    ConfigFile rotary = c.object("rope_parameters").orElse(c);
    ConfigFile scaling = c.object("rope_scaling").orElse(rotary);
    String type = scaling.text("rope_type").or(() -> scaling.text("type")).orElse("default");
    if (!type.equals("default")) {
      throw bad(c, "rope_type", type, "default");
    }
    return rotary.positiveDouble("rope_theta");
  }

  private static void refuse(ConfigFile c, String key, String known) {
    String value = c.value(key).orElse(known);
    if (!value.equals(known)) {
      throw bad(c, key, value, known);
    }
  }

  private static InputException bad(ConfigFile c, String key, Object value, String expected) {
    return new InputException(
        c.path() + ": " + key + ": " + value + " (expected: " + expected + ")");
  }
}
