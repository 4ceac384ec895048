// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.checkpoint.ConfigFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * OPT (transformers, {@code OPTConfig}; its defaults where a config does not say).
 * <i>Immutable.</i>
 *
 * @param inner width of the feed-forward
 * @param before whether norms stand before each half of a block, or after each sum
 * @param last whether there is a norm after the last layer
 * @param bias whether linear layers have one
 * @param activation of the feed-forward, by our scripts' name
 * @param tied whether the head is the embedding
 */
record OptFamily(
    Dimensions dimensions,
    int inner,
    boolean before,
    boolean last,
    boolean bias,
    String activation,
    boolean tied)
    implements Family {
  /** Rows of the position table before that of position 0. */
  private static final int POSITION_OFFSET = 2;

  private static final String PREFIX = "model.decoder.";

  static OptFamily read(ConfigFile c) {
    Dimensions sizes =
        Dimensions.of(
            c,
            "hidden_size",
            "num_hidden_layers",
            "num_attention_heads",
            c.integerOr("max_position_embeddings", 1, Dimensions.MAX_POSITIONS, 2048));
    boolean before = c.flagOr("do_layer_norm_before", true);
    if (!c.flagOr("layer_norm_elementwise_affine", true)) {
      throw c.fault("layer_norm_elementwise_affine", "true");
    }
    return new OptFamily(
        sizes.embedded(c.integerOr("word_embed_proj_dim", 1, 1 << 20, sizes.width())),
        Dimensions.inner(c, "ffn_dim"),
        before,
        before && !c.flagOr("_remove_final_layer_norm", false),
        c.flagOr("enable_bias", true),
        Family.activation(c, "activation_function", "relu"),
        c.flagOr("tie_word_embeddings", true));
  }

  private boolean projected() {
    return dimensions.embedding() != dimensions.width();
  }

  @Override
  public boolean movable() {
    return false;
  }

  @Override
  public String script() {
    return "opt.py";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of(
        "layers",
        (long) dimensions.layers(),
        "heads",
        (long) dimensions.heads(),
        "head",
        (long) dimensions.head(),
        "before",
        before,
        "final",
        last,
        "projected",
        projected(),
        "activation",
        activation);
  }

  @Override
  public List<Layer> layers() {
    long width = dimensions.width();
    List<Layer> layers = new ArrayList<>();
    layers.add(
        new Layer.Vector(
            PREFIX + "embed_positions.weight",
            (long) dimensions.positions() + POSITION_OFFSET,
            width));
    for (int i = 0; i < dimensions.layers(); i++) {
      String p = PREFIX + "layers." + i + ".";
      String a = p + "self_attn.";
      layers.add(
          new Layer.Linear(
              bias, width, List.of(a + "q_proj", a + "k_proj", a + "v_proj"), width, width, width));
      layers.add(Layer.Linear.of(bias, a + "out_proj", width, width));
      layers.add(Layer.Linear.of(bias, p + "fc1", inner, width));
      layers.add(Layer.Linear.of(bias, p + "fc2", width, inner));
      layers.addAll(Layer.norm(p + "self_attn_layer_norm", width));
      layers.addAll(Layer.norm(p + "final_layer_norm", width));
    }
    if (last) {
      layers.addAll(Layer.norm(PREFIX + "final_layer_norm", width));
    }
    if (projected()) {
      long narrow = dimensions.embedding();
      layers.add(Layer.Linear.of(false, PREFIX + "project_in", width, narrow));
      layers.add(Layer.Linear.of(false, PREFIX + "project_out", narrow, width));
    }
    return layers;
  }

  @Override
  public List<String> prefixes() {
    return List.of("lm.", "model.");
  }

  @Override
  public String embedding() {
    return PREFIX + "embed_tokens.weight";
  }

  @Override
  public List<String> heads() {
    return tied ? List.of() : List.of("lm_head.weight");
  }
}
