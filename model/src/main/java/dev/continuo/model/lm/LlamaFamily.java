// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.checkpoint.ConfigFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * LLaMA and Qwen2 (transformers, {@code LlamaConfig} and {@code Qwen2Config}; their defaults where
 * a config does not say). <i>Immutable.</i>
 *
 * @param inner width of the feed-forward
 * @param eps of the norms
 * @param bias which linear layers have one
 * @param windows positions that each layer's tokens see, 0 for all
 * @param tied whether the head is the embedding
 * @param rotary the rotary positions
 */
record LlamaFamily(
    Dimensions dimensions,
    int inner,
    double eps,
    Biases bias,
    List<Integer> windows,
    boolean tied,
    Rope rotary)
    implements Family {
  private static final double EPS = 1e-6;
  private static final String WINDOW = "sliding_window";
  private static final String POSITIONS = "max_position_embeddings";
  private static final String KV_HEADS = "num_key_value_heads";
  private static final String HEAD = "head_dim";

  /** Which linear layers have a bias: those of q, k and v, of o, and of the feed-forward. */
  record Biases(boolean qkv, boolean o, boolean mlp) {}

  static LlamaFamily llama(ConfigFile c) {
    boolean attention = c.flagOr("attention_bias", false);
    Biases bias = new Biases(attention, attention, c.flagOr("mlp_bias", false));
    return of(c, 2048, bias, windows(c, 0, 0));
  }

  static LlamaFamily qwen2(ConfigFile c) {
    boolean unset = c.keys().contains(WINDOW) && !c.has(WINDOW); // a null there means none
    int window =
        c.flagOr("use_sliding_window", false) && !unset
            ? c.integerOr(WINDOW, 1, Integer.MAX_VALUE, 4096)
            : 0;
    int full = c.integerOr("max_window_layers", 0, Integer.MAX_VALUE, 28);
    return of(c, 32_768, new Biases(true, false, false), windows(c, window, full));
  }

  private static LlamaFamily of(ConfigFile c, int positions, Biases bias, List<Integer> windows) {
    int heads = Dimensions.heads(c, "num_attention_heads");
    int width = Dimensions.width(c, "hidden_size");
    int kvHeads = c.integerOr(KV_HEADS, 1, heads, heads);
    if (heads % kvHeads != 0) {
      throw c.fault(KV_HEADS, "a divisor of num_attention_heads, " + heads);
    }
    int head =
        c.has(HEAD)
            ? c.integer(HEAD, 1, 4096)
            : Dimensions.quotient(c, "num_attention_heads", width, heads);
    if (head % 2 != 0) {
      throw c.fault(
          c.has(HEAD) ? HEAD : "num_attention_heads", "heads of an even width, not " + head);
    }
    Family.only(c, "hidden_act", "silu");
    if (c.numberOr("partial_rotary_factor", 0, 1, 1) != 1) {
      throw c.fault("partial_rotary_factor", "1");
    }
    Dimensions dimensions =
        new Dimensions(
            Dimensions.vocabulary(c),
            width,
            width,
            Dimensions.layers(c, "num_hidden_layers"),
            heads,
            kvHeads,
            head,
            Dimensions.positions(c, POSITIONS, positions));
    return new LlamaFamily(
        dimensions,
        Dimensions.inner(c, "intermediate_size"),
        c.numberOr("rms_norm_eps", 0, 1, EPS),
        bias,
        windows,
        c.flagOr("tie_word_embeddings", false),
        Rope.read(c, "rope_theta", head, c.integerOr(POSITIONS, 1, Integer.MAX_VALUE, positions)));
  }

  /**
   * The last layers look back no further than the window, or those that {@code layer_types} says.
   */
  private static List<Integer> windows(ConfigFile c, int window, int full) {
    int layers = Dimensions.layers(c, "num_hidden_layers");
    List<Integer> windows = new ArrayList<>();
    List<String> types = c.has("layer_types") ? c.strings("layer_types") : List.of();
    if (!types.isEmpty() && types.size() != layers) {
      throw c.fault("layer_types", "one of each of the " + layers + " layers");
    }
    for (int i = 0; i < layers; i++) {
      String type = types.isEmpty() ? "" : types.get(i);
      switch (type) {
        case "" -> windows.add(i >= full ? window : 0);
        case "full_attention" -> windows.add(0);
        case "sliding_attention" -> {
          if (window == 0) {
            throw c.fault("layer_types", "full_attention only, as there is no sliding window");
          }
          windows.add(window);
        }
        default -> throw c.fault("layer_types", "full_attention or sliding_attention");
      }
    }
    return List.copyOf(windows);
  }

  @Override
  public String script() {
    return "llama.py";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of(
        "layers", (long) dimensions.layers(),
        "heads", (long) dimensions.heads(),
        "kv", (long) dimensions.kvHeads(),
        "head", (long) dimensions.head(),
        "eps", eps,
        "windows", windows.stream().map(Integer::longValue).toList());
  }

  @Override
  public List<Layer> layers() {
    long width = dimensions.width();
    long q = (long) dimensions.heads() * dimensions.head();
    long kv = (long) dimensions.kvHeads() * dimensions.head();
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < dimensions.layers(); i++) {
      String p = "model.layers." + i + ".";
      String a = p + "self_attn.";
      layers.add(
          new Layer.Linear(
              bias.qkv, width, List.of(a + "q_proj", a + "k_proj", a + "v_proj"), q, kv, kv));
      layers.add(Layer.Linear.of(bias.o, a + "o_proj", width, q));
      List<String> gateUp = List.of(p + "mlp.gate_proj", p + "mlp.up_proj");
      layers.add(new Layer.Linear(bias.mlp, width, gateUp, inner, inner));
      layers.add(Layer.Linear.of(bias.mlp, p + "mlp.down_proj", width, inner));
      layers.add(new Layer.Vector(p + "input_layernorm.weight", width));
      layers.add(new Layer.Vector(p + "post_attention_layernorm.weight", width));
    }
    layers.add(new Layer.Vector("model.norm.weight", width));
    return layers;
  }

  @Override
  public List<String> prefixes() {
    return List.of("lm.", "model.");
  }

  @Override
  public String embedding() {
    return "model.embed_tokens.weight";
  }

  @Override
  public List<String> heads() {
    return tied ? List.of() : List.of("lm_head.weight");
  }

  @Override
  public Optional<Rope> rope() {
    return Optional.of(rotary);
  }
}
