// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.random;

import dev.continuo.model.checkpoint.DType;
import tools.jackson.databind.node.ObjectNode;

/**
 * Random language models in the layouts of Hugging Face transformers, with the hyper-parameters of
 * published ones and a vocabulary of units. <i>Immutable.</i>
 */
final class LanguageModels {
  /** Deviation of the logits: some units are likely, none certain. */
  private static final double LOGITS = 2.5;

  private LanguageModels() {}

  /**
   * Sizes of a transformer.
   *
   * @param vocabulary number of ids
   */
  record Size(int vocabulary, int layers, int width, int inner, int heads, int kvHeads) {
    long head() {
      return width / heads;
    }

    /**
     * Gain of what is added to the residual stream: so much that the embedding, which a tied head
     * compares with, is a small part in the end, else every unit would be followed by itself.
     */
    double residual() {
      return 10 / Math.sqrt(2.0 * layers);
    }
  }

  /** The default bundle's: LLaMA, tied, in float16. */
  static RandomNetwork starter(int vocabulary) {
    Size size = new Size(vocabulary, 8, 576, 1536, 9, 3);
    RandomNetwork lm = new RandomNetwork(DType.F16);
    llama(lm, size, false);
    ObjectNode c = common(lm.config(), "llama", "LlamaForCausalLM", size);
    rotary(c, size, 2048, 1e-5).put("rope_theta", 100_000.0).put("tie_word_embeddings", true);
    c.put("offset", 0).put("bos_token_id", vocabulary - 1).put("eos_token_id", vocabulary - 1);
    c.put("torch_dtype", "float16");
    return lm;
  }

  /** Qwen2.5-0.5B in SlamKit's wrapper (slp-rl/slamkit, model/unit_lm.py), tied, in float32. */
  static RandomNetwork slamKit(int vocabulary) {
    Size size = new Size(vocabulary, 24, 896, 4864, 14, 2);
    RandomNetwork lm = new RandomNetwork(DType.F32);
    llama(lm, size, true);
    ObjectNode outer = lm.config();
    outer.put("model_type", "speech_language_model").putArray("architectures").add("UnitLM");
    outer.put("vocab_size", vocabulary).put("tie_word_embeddings", true).put("twist_init", true);
    outer.put("base_model_name", "Qwen/Qwen2.5-0.5B").put("torch_dtype", "float32");
    outer.put("max_position_embeddings", 32768);
    ObjectNode c = common(outer.putObject("base_config"), "qwen2", "Qwen2ForCausalLM", size);
    rotary(c, size, 32768, 1e-6).put("rope_theta", 10_000.0).put("tie_word_embeddings", true);
    c.put("use_sliding_window", false).put("sliding_window", 32768).put("max_window_layers", 24);
    c.put("bos_token_id", 1).put("eos_token_id", 1).put("pad_token_id", 0);
    return lm.prefixed("lm.");
  }

  /** OPT-125M: norms before each block; tied, in float32. */
  static RandomNetwork opt125(int vocabulary, int offset) {
    return opt(new Size(vocabulary, 12, 768, 3072, 12, 12), 768, true, offset);
  }

  /** OPT-350M, which is TWIST-350M: norms after each block, narrow embeddings; tied, float32. */
  static RandomNetwork opt350(int vocabulary, int offset) {
    return opt(new Size(vocabulary, 24, 1024, 4096, 16, 16), 512, false, offset);
  }

  /** Pythia-160M: GPT-NeoX, untied, in float32. */
  static RandomNetwork pythia160(int vocabulary, int offset) {
    return neox(new Size(vocabulary, 12, 768, 3072, 12, 12), offset);
  }

  /** Pythia-410M: GPT-NeoX, untied, in float32. */
  static RandomNetwork pythia410(int vocabulary, int offset) {
    return neox(new Size(vocabulary, 24, 1024, 4096, 16, 16), offset);
  }

  private static ObjectNode common(ObjectNode c, String type, String architecture, Size s) {
    c.put("model_type", type).putArray("architectures").add(architecture);
    c.put("vocab_size", s.vocabulary).put("hidden_size", s.width);
    return c.put("num_hidden_layers", s.layers).put("num_attention_heads", s.heads);
  }

  private static ObjectNode rotary(ObjectNode c, Size s, int positions, double eps) {
    c.put("num_key_value_heads", s.kvHeads).put("intermediate_size", s.inner);
    c.put("hidden_act", "silu").put("rms_norm_eps", eps);
    return c.put("max_position_embeddings", positions);
  }

  private static void llama(RandomNetwork lm, Size s, boolean biases) {
    lm.table("model.embed_tokens.weight", LOGITS, s.vocabulary, s.width);
    for (int i = 0; i < s.layers; i++) {
      String p = "model.layers." + i + ".";
      projection(lm, p + "self_attn.q_proj", biases, s.width, s.width);
      projection(lm, p + "self_attn.k_proj", biases, s.kvHeads * s.head(), s.width);
      projection(lm, p + "self_attn.v_proj", biases, s.kvHeads * s.head(), s.width);
      lm.matrix(p + "self_attn.o_proj.weight", s.residual(), s.width, s.width);
      lm.matrix(p + "mlp.gate_proj.weight", 1, s.inner, s.width);
      lm.matrix(p + "mlp.up_proj.weight", 1, s.inner, s.width);
      lm.matrix(p + "mlp.down_proj.weight", s.residual(), s.width, s.inner);
      lm.scale(p + "input_layernorm", s.width);
      lm.scale(p + "post_attention_layernorm", s.width);
    }
    lm.scale("model.norm", s.width);
  }

  private static void projection(
      RandomNetwork lm, String name, boolean bias, long outputs, long inputs) {
    lm.matrix(name + ".weight", 1, outputs, inputs);
    if (bias) {
      lm.bias(name, outputs);
    }
  }

  private static RandomNetwork opt(Size s, int embedding, boolean before, int offset) {
    RandomNetwork lm = new RandomNetwork(DType.F32);
    String root = "model.decoder.";
    int positions = 2048;
    lm.table(root + "embed_tokens.weight", LOGITS, s.vocabulary, embedding);
    lm.table(root + "embed_positions.weight", 1, positions + 2, s.width);
    if (embedding != s.width) {
      lm.matrix(root + "project_in.weight", 1, s.width, embedding);
      lm.matrix(root + "project_out.weight", 1, embedding, s.width);
    }
    for (int i = 0; i < s.layers; i++) {
      String p = root + "layers." + i + ".";
      for (String name : new String[] {"k_proj", "v_proj", "q_proj"}) {
        lm.linear(p + "self_attn." + name, 1, s.width, s.width);
      }
      lm.linear(p + "self_attn.out_proj", before ? s.residual() : 1, s.width, s.width);
      lm.norm(p + "self_attn_layer_norm", s.width);
      lm.linear(p + "fc1", 1.4, s.inner, s.width);
      lm.linear(p + "fc2", before ? s.residual() : 1, s.width, s.inner);
      lm.norm(p + "final_layer_norm", s.width);
    }
    if (before) {
      lm.norm(root + "final_layer_norm", s.width);
    }
    ObjectNode c = common(lm.config(), "opt", "OPTForCausalLM", s);
    c.put("ffn_dim", s.inner).put("word_embed_proj_dim", embedding);
    c.put("do_layer_norm_before", before).put("activation_function", "relu");
    c.put("max_position_embeddings", positions).put("enable_bias", true);
    c.put("layer_norm_elementwise_affine", true).put("_remove_final_layer_norm", false);
    c.put("tie_word_embeddings", true).put("torch_dtype", "float32");
    c.put("offset", offset).put("pad_token_id", 0).put("bos_token_id", 1).put("eos_token_id", 1);
    return lm;
  }

  private static RandomNetwork neox(Size s, int offset) {
    RandomNetwork lm = new RandomNetwork(DType.F32);
    lm.table("gpt_neox.embed_in.weight", LOGITS, s.vocabulary, s.width);
    for (int i = 0; i < s.layers; i++) {
      String p = "gpt_neox.layers." + i + ".";
      lm.norm(p + "input_layernorm", s.width);
      lm.norm(p + "post_attention_layernorm", s.width);
      lm.linear(p + "attention.query_key_value", 1, 3L * s.width, s.width);
      lm.linear(p + "attention.dense", s.residual(), s.width, s.width);
      lm.linear(p + "mlp.dense_h_to_4h", 1.4, s.inner, s.width);
      lm.linear(p + "mlp.dense_4h_to_h", s.residual(), s.width, s.inner);
    }
    lm.norm("gpt_neox.final_layer_norm", s.width);
    lm.table("embed_out.weight", LOGITS, s.vocabulary, s.width);
    ObjectNode c = common(lm.config(), "gpt_neox", "GPTNeoXForCausalLM", s);
    c.put("intermediate_size", s.inner).put("hidden_act", "gelu").put("layer_norm_eps", 1e-5);
    c.put("max_position_embeddings", 2048).put("rotary_pct", 0.25).put("rotary_emb_base", 10_000);
    c.put("use_parallel_residual", true).put("attention_bias", true);
    c.put("tie_word_embeddings", false).put("torch_dtype", "float32");
    c.put("offset", offset).put("bos_token_id", 0).put("eos_token_id", 0);
    return lm;
  }
}
