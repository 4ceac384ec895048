// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.checkpoint.ConfigFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * GPT-NeoX and Pythia (transformers, {@code GPTNeoXConfig}; its defaults where a config does not
 * say). <i>Immutable.</i>
 *
 * @param inner width of the feed-forward
 * @param eps of the norms
 * @param parallel whether attention and feed-forward take the same input
 * @param bias whether the linear layers of the attention have one
 * @param activation of the feed-forward, by our scripts' name
 * @param tied whether the head is the embedding
 * @param rotary the rotary positions
 */
record GptNeoxFamily(
    Dimensions dimensions,
    int inner,
    double eps,
    boolean parallel,
    boolean bias,
    String activation,
    boolean tied,
    Rope rotary)
    implements Family {
  private static final double EPS = 1e-5;
  private static final double TURNED = 0.25;
  private static final String PREFIX = "gpt_neox.";
  private static final String POSITIONS = "max_position_embeddings";

  static GptNeoxFamily read(ConfigFile c) {
    Dimensions sizes =
        Dimensions.of(
            c,
            "hidden_size",
            "num_hidden_layers",
            "num_attention_heads",
            Dimensions.positions(c, POSITIONS, 2048));
    return new GptNeoxFamily(
        sizes,
        Dimensions.inner(c, "intermediate_size"),
        c.numberOr("layer_norm_eps", 0, 1, EPS),
        c.flagOr("use_parallel_residual", true),
        c.flagOr("attention_bias", true),
        Family.activation(c, "hidden_act", "gelu"),
        c.flagOr("tie_word_embeddings", false),
        Rope.read(
            c,
            "rotary_emb_base",
            turned(c, sizes.head()),
            c.integerOr(POSITIONS, 1, Integer.MAX_VALUE, 2048)));
  }

  /** Components of a head that are turned; version 5 keeps the share with the rotary parameters. */
  private static int turned(ConfigFile c, int head) {
    ConfigFile parameters = c.objectIfPresent("rope_parameters").orElse(c);
    double share = c.numberOr("rotary_pct", 0, 1, TURNED);
    int turned = (int) (head * parameters.numberOr("partial_rotary_factor", 0, 1, share));
    if (turned < 2 || turned % 2 != 0) {
      throw c.fault(
          c.has("rotary_pct") ? "rotary_pct" : "rope_parameters",
          "an even number of a head's " + head + " components turned, not " + turned);
    }
    return turned;
  }

  @Override
  public String script() {
    return "gpt_neox.py";
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
        "eps",
        eps,
        "parallel",
        parallel,
        "activation",
        activation);
  }

  @Override
  public List<Layer> layers() {
    long width = dimensions.width();
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < dimensions.layers(); i++) {
      String p = PREFIX + "layers." + i + ".";
      layers.add(
          new Layer.ByHeads(
              bias, p + "attention.query_key_value", dimensions.heads(), dimensions.head(), width));
      layers.add(Layer.Linear.of(bias, p + "attention.dense", width, width));
      layers.add(Layer.Linear.of(true, p + "mlp.dense_h_to_4h", inner, width));
      layers.add(Layer.Linear.of(true, p + "mlp.dense_4h_to_h", width, inner));
      layers.addAll(Layer.norm(p + "input_layernorm", width));
      layers.addAll(Layer.norm(p + "post_attention_layernorm", width));
    }
    layers.addAll(Layer.norm(PREFIX + "final_layer_norm", width));
    return layers;
  }

  @Override
  public List<String> prefixes() {
    return List.of("lm.", PREFIX);
  }

  @Override
  public String embedding() {
    return PREFIX + "embed_in.weight";
  }

  @Override
  public List<String> heads() {
    return tied ? List.of() : List.of("embed_out.weight", "lm_head.weight");
  }

  @Override
  public Optional<Rope> rope() {
    return Optional.of(rotary);
  }
}
