// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.ConfigFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An architecture with its hyper-parameters: what its {@code config.json} says, checked, and what
 * its script takes. Whatever changes the numbers is honoured or refused by name; what only matters
 * in training (dropout, initialisation) is passed over. <i>Immutable.</i>
 */
sealed interface Family permits LlamaFamily, OptFamily, GptNeoxFamily, BloomFamily {
  /** {@code model_type} of SlamKit's wrapper around another family. */
  String UNIT_LM = "speech_language_model";

  /**
   * Reads a config of Hugging Face transformers, version 4 or 5, or SlamKit's wrapper of one.
   *
   * @throws InputException naming file, key, value and what was expected
   */
  static Family read(ConfigFile config) {
    String type = config.string("model_type");
    if (type.equals(UNIT_LM)) {
      ConfigFile base = config.object("base_config");
      int vocabulary = Dimensions.vocabulary(config);
      if (Dimensions.vocabulary(base) != vocabulary) {
        throw base.fault("vocab_size", vocabulary + ", as outside base_config");
      }
      return read(base, base.string("model_type"));
    }
    return read(config, type);
  }

  private static Family read(ConfigFile config, String type) {
    return switch (type) {
      case "llama" -> LlamaFamily.llama(config);
      case "qwen2" -> LlamaFamily.qwen2(config);
      case "opt" -> OptFamily.read(config);
      case "gpt_neox" -> GptNeoxFamily.read(config);
      case "bloom" -> BloomFamily.read(config);
      default -> throw config.fault("model_type", "llama, qwen2, opt, gpt_neox or bloom");
    };
  }

  Dimensions dimensions();

  /** Resource of the family's part of the script. */
  String script();

  /** The attributes that part declares, by name. */
  Map<String, Object> attributes();

  /** What the script takes, in its order, without embedding and head. */
  List<Layer> layers();

  /** Names that a checkpoint may write before its tensors' names or leave out. */
  List<String> prefixes();

  /** Name of the embedding, {@code (vocabulary, embedding)}. */
  String embedding();

  /** Names the head may have; none where it is the embedding. */
  List<String> heads();

  /** Rotary positions, if the family has them. */
  default Optional<Rope> rope() {
    return Optional.empty();
  }

  /**
   * Whether keys and values do not depend on where a token stands but for a rotation, so that they
   * may be moved: with rotary positions and ALiBi, not with learned ones.
   */
  default boolean movable() {
    return true;
  }

  /** A table the script takes that no checkpoint holds; empty where there is none. */
  default float[] table() {
    return new float[0];
  }

  /** Number of parameters, as transformers counts them: tied ones once. */
  default long parameters() {
    long ends = heads().isEmpty() ? 1 : 2;
    return ends * dimensions().headWeights() + layers().stream().mapToLong(Layer::parameters).sum();
  }

  /** Number of weights in the matrices that a step reads. */
  default long matrixWeights() {
    return dimensions().headWeights() + layers().stream().mapToLong(Layer::matrixWeights).sum();
  }

  /** Refuses a value other than the one our script computes with. */
  static void only(ConfigFile config, String key, String value) {
    if (!config.stringOr(key, value).equals(value)) {
      throw config.fault(key, value);
    }
  }

  /** The name our scripts give an activation, by transformers' name for it. */
  static String activation(ConfigFile config, String key, String absent) {
    return switch (config.stringOr(key, absent)) {
      case "relu" -> "relu";
      case "gelu" -> "gelu";
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> "gelu_tanh";
      case "silu", "swish" -> "silu";
      default ->
          throw config.fault(key, "relu, gelu, gelu_new, gelu_fast, gelu_pytorch_tanh or silu");
    };
  }
}
