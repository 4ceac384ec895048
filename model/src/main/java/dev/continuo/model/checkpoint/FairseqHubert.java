// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The configuration inside a fairseq HuBERT ({@code .pt}) in the words of transformers' {@code
 * config.json}, so that one reader does for both.
 *
 * <p>It lies under {@code cfg} with {@code model} and {@code task}, in older files in one {@code
 * args}, in converted ones under {@code model_cfg} and {@code task_cfg}. Convolutions are a Python
 * expression in a string there; it is parsed, never run. <i>Immutable.</i>
 */
public final class FairseqHubert {
  private static final String DEFAULT_LAYERS = "[(512,10,5)] + [(512,3,2)] * 4 + [(512,2,2)] * 2";
  private static final String TERM =
      "\\[((?:\\(\\d{1,5},\\d{1,4},\\d{1,4}\\),?)+)\\](?:\\*(\\d{1,3}))?";
  private static final Pattern LAYERS = Pattern.compile(TERM + "(?:\\+" + TERM + ")*");
  private static final Pattern ONE_TERM = Pattern.compile(TERM);
  private static final Pattern LAYER = Pattern.compile("\\((\\d+),(\\d+),(\\d+)\\)");
  private static final int MAX_LAYERS = 64;

  /** What fairseq adds to a recording's variance where it normalises it: layer_norm's default. */
  private static final double NORMALISE_EPS = 1e-5;

  private final Path file;
  private final PickledValues values;

  private FairseqHubert(Path file, PickledValues values) {
    this.file = file;
    this.values = values;
  }

  /**
   * Whether a checkpoint has such a configuration.
   *
   * @param checkpoint any
   */
  public static boolean is(Checkpoint checkpoint) {
    return checkpoint instanceof TorchFile torch
        && (torch.values().has("cfg", "model")
            || torch.values().has("args", "encoder_layers")
            || torch.values().has("model_cfg"));
  }

  /**
   * The configuration.
   *
   * @throws InputException naming the key whose value is not of its kind
   */
  public static ConfigFile config(Checkpoint checkpoint) {
    if (!(checkpoint instanceof TorchFile torch)) {
      throw new IllegalArgumentException(checkpoint.path() + ": no file of torch.save");
    }
    return ConfigFile.of(torch.path(), new FairseqHubert(torch.path(), torch.values()).json());
  }

  private ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("model_type", "hubert");
    boolean layerNorm = text("extractor_mode", "default").equals("layer_norm");
    node.put("feat_extract_norm", layerNorm ? "layer" : "group");
    node.put("hidden_act", text("activation_fn", "gelu"));
    node.put("do_stable_layer_norm", flag("layer_norm_first"));
    node.put("conv_bias", flag("conv_bias"));
    node.put("conv_pos_batch_norm", flag("conv_pos_batch_norm"));
    node.put("hidden_size", number("encoder_embed_dim", 768));
    node.put("num_attention_heads", number("encoder_attention_heads", 12));
    node.put("intermediate_size", number("encoder_ffn_embed_dim", 3072));
    node.put("num_hidden_layers", number("encoder_layers", 12));
    node.put("num_conv_pos_embeddings", number("conv_pos", 128));
    node.put("num_conv_pos_embedding_groups", number("conv_pos_groups", 16));
    node.put("do_normalize", Boolean.TRUE.equals(task("normalize")));
    node.put("normalize_eps", NORMALISE_EPS);
    convolutions(node, text("conv_feature_layers", DEFAULT_LAYERS));
    return node;
  }

  private void convolutions(ObjectNode node, String expression) {
    ArrayNode dims = node.putArray("conv_dim");
    ArrayNode kernels = node.putArray("conv_kernel");
    ArrayNode strides = node.putArray("conv_stride");
    String compact = expression.replace(" ", "");
    if (compact.length() > 4096 || !LAYERS.matcher(compact).matches()) {
      throw wrong("conv_feature_layers", Quoted.of(expression), "as in " + DEFAULT_LAYERS);
    }
    Matcher term = ONE_TERM.matcher(compact);
    while (term.find()) {
      int times = term.group(2) == null ? 1 : Integer.parseInt(term.group(2));
      for (int i = 0; i < times && dims.size() <= MAX_LAYERS; i++) {
        Matcher layer = LAYER.matcher(term.group(1));
        while (layer.find()) {
          dims.add(Integer.parseInt(layer.group(1)));
          kernels.add(Integer.parseInt(layer.group(2)));
          strides.add(Integer.parseInt(layer.group(3)));
        }
      }
    }
    if (dims.size() > MAX_LAYERS) {
      throw wrong("conv_feature_layers", Quoted.of(expression), "at most 64 layers");
    }
  }

  private Object model(String key) {
    return values
        .value("cfg", "model", key)
        .or(() -> values.value("args", key))
        .or(() -> values.value("model_cfg", key))
        .orElse("");
  }

  private Object task(String key) {
    return values
        .value("cfg", "task", key)
        .or(() -> values.value("args", key))
        .or(() -> values.value("task_cfg", key))
        .orElse("");
  }

  private String text(String key, String absent) {
    Object value = model(key);
    if (!(value instanceof String string)) {
      throw wrong(key, value.toString(), "a string");
    }
    return string.isEmpty() ? absent : string;
  }

  private boolean flag(String key) {
    return Boolean.TRUE.equals(model(key));
  }

  private int number(String key, int absent) {
    Object value = model(key);
    if (value.equals("")) {
      return absent;
    }
    if (!(value instanceof Long number) || number < 1 || number > Integer.MAX_VALUE) {
      throw wrong(key, value.toString(), "an integer >= 1");
    }
    return number.intValue();
  }

  private InputException wrong(String key, String value, String expected) {
    return new InputException(
        file + ": cfg.model." + key + ": " + value + " (expected: " + expected + ")");
  }
}
