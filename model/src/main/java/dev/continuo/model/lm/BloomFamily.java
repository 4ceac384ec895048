// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.checkpoint.ConfigFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * BLOOM (transformers, {@code BloomConfig}; its defaults where a config does not say).
 * <i>Immutable.</i>
 *
 * @param eps of the norms
 * @param normed whether a residual is the norm's output
 * @param tied whether the head is the embedding
 */
record BloomFamily(Dimensions dimensions, double eps, boolean normed, boolean tied)
    implements Family {
  private static final double EPS = 1e-5;
  private static final String PREFIX = "transformer.";

  /** ALiBi knows no last position; this is what BLOOM was trained with. */
  private static final int POSITIONS = 2048;

  static BloomFamily read(ConfigFile c) {
    return new BloomFamily(
        Dimensions.of(
            c,
            c.has("n_embed") ? "n_embed" : "hidden_size",
            c.has("n_layer") ? "n_layer" : "num_hidden_layers",
            c.has("n_head") ? "n_head" : "num_attention_heads",
            Dimensions.positions(c, "seq_length", POSITIONS)),
        c.numberOr("layer_norm_epsilon", 0, 1, EPS),
        c.flagOr("apply_residual_connection_post_layernorm", false),
        c.flagOr("tie_word_embeddings", true));
  }

  @Override
  public String script() {
    return "bloom.py";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of(
        "layers", (long) dimensions.layers(),
        "heads", (long) dimensions.heads(),
        "head", (long) dimensions.head(),
        "eps", eps,
        "normed", normed);
  }

  @Override
  public List<Layer> layers() {
    long width = dimensions.width();
    List<Layer> layers = new ArrayList<>(Layer.norm(PREFIX + "word_embeddings_layernorm", width));
    for (int i = 0; i < dimensions.layers(); i++) {
      String p = PREFIX + "h." + i + ".";
      layers.add(
          new Layer.ByHeads(
              true,
              p + "self_attention.query_key_value",
              dimensions.heads(),
              dimensions.head(),
              width));
      layers.add(Layer.Linear.of(true, p + "self_attention.dense", width, width));
      layers.add(Layer.Linear.of(true, p + "mlp.dense_h_to_4h", 4 * width, width));
      layers.add(Layer.Linear.of(true, p + "mlp.dense_4h_to_h", width, 4 * width));
      layers.addAll(Layer.norm(p + "input_layernorm", width));
      layers.addAll(Layer.norm(p + "post_attention_layernorm", width));
    }
    layers.addAll(Layer.norm(PREFIX + "ln_f", width));
    return layers;
  }

  /**
   * ALiBi's slopes, one a head: powers of 2^(-8/n) for a power of two n, and, where the heads are
   * more than that, odd powers of 2^(-4/n) for the rest (transformers, build_alibi_tensor).
   */
  @Override
  public float[] table() {
    float[] slopes = new float[dimensions.heads()];
    int n = Integer.highestOneBit(slopes.length);
    for (int i = 0; i < slopes.length; i++) {
      double exponent = i < n ? -8.0 * (i + 1) / n : -4.0 * (2 * (i - n) + 1) / n;
      slopes[i] = (float) Math.pow(2, exponent);
    }
    return slopes;
  }

  @Override
  public List<String> prefixes() {
    return List.of("lm.", PREFIX);
  }

  @Override
  public String embedding() {
    return PREFIX + "word_embeddings.weight";
  }

  @Override
  public List<String> heads() {
    return tied ? List.of() : List.of("lm_head.weight");
  }
}
