// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a config.json says, or is refused for. */
final class FamilyTest {
  private static final String LLAMA =
      "'model_type': 'llama', 'vocab_size': 20, 'hidden_size': 12, 'num_hidden_layers': 2,"
          + " 'num_attention_heads': 3, 'intermediate_size': 8";
  private static final String QWEN2 = LLAMA.replace("llama", "qwen2");
  private static final String NEOX = LLAMA.replace("llama", "gpt_neox");
  private static final String OPT =
      "'model_type': 'opt', 'vocab_size': 20, 'hidden_size': 12, 'num_hidden_layers': 2,"
          + " 'num_attention_heads': 3, 'ffn_dim': 8";
  private static final String BLOOM =
      "'model_type': 'bloom', 'vocab_size': 20, 'n_embed': 12, 'n_layer': 2,"
          + " 'num_attention_heads': 3";

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path folder;

  private Family read(String keys) {
    Path file = folder.resolve("config.json");
    try {
      Files.writeString(file, "{" + keys.replace('\'', '"') + "}");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return Family.read(ConfigFile.read(file));
  }

  /** Parameters at 502 ids, as the papers and transformers count them. */
  @Test
  void publishedModelsHaveTheirNumberOfParameters() {
    String opt = "'model_type': 'opt', 'vocab_size': 502, 'num_attention_heads': ";
    assertThat(
            read(opt + "12, 'hidden_size': 768, 'num_hidden_layers': 12, 'ffn_dim': 3072")
                .parameters())
        .isEqualTo(87_015_936);
    assertThat(
            read(opt
                    + "16, 'hidden_size': 1024, 'num_hidden_layers': 24, 'ffn_dim': 4096,"
                    + " 'do_layer_norm_before': false, 'word_embed_proj_dim': 512")
                .parameters())
        .isEqualTo(305_714_176);
    String neox = "'model_type': 'gpt_neox', 'vocab_size': 502, 'num_attention_heads': ";
    assertThat(
            read(neox
                    + "12, 'hidden_size': 768, 'num_hidden_layers': 12, 'intermediate_size': 3072")
                .parameters())
        .isEqualTo(85_827_072);
    assertThat(
            read(neox
                    + "16, 'hidden_size': 1024, 'num_hidden_layers': 24, 'intermediate_size': 4096")
                .parameters())
        .isEqualTo(303_339_520);
    String slam =
        "'model_type': 'speech_language_model', 'vocab_size': 502, 'base_config': {'model_type':"
            + " 'qwen2', 'vocab_size': 502, 'hidden_size': 896, 'num_hidden_layers': 24,"
            + " 'num_attention_heads': 14, 'num_key_value_heads': 2, 'intermediate_size': 4864,"
            + " 'tie_word_embeddings': true}";
    assertThat(read(slam).parameters()).isEqualTo(358_347_904);
  }

  @Test
  void whatIsLeftOutHasTransformersDefaults() {
    assertThat(read(LLAMA).dimensions()).isEqualTo(new Dimensions(20, 12, 12, 2, 3, 3, 4, 2048));
    assertThat(read(LLAMA).heads()).containsExactly("lm_head.weight");
    assertThat(read(LLAMA).rope().orElseThrow().theta()).isEqualTo(10_000);
    assertThat(read(QWEN2).dimensions().positions()).isEqualTo(32_768);
    assertThat(read(OPT).dimensions()).isEqualTo(new Dimensions(20, 12, 12, 2, 3, 3, 4, 2048));
    assertThat(read(OPT).heads()).isEmpty();
    assertThat(read(BLOOM).dimensions()).isEqualTo(new Dimensions(20, 12, 12, 2, 3, 3, 4, 2048));
    assertThat(read(NEOX.replace("12", "24")).rope().orElseThrow().scales()).hasSize(1);
  }

  @Test
  void bothVersionsOfRotaryKeysAreRead() {
    String old = "'rope_theta': 500, 'rope_scaling': {'type': 'linear', 'factor': 4}";
    String recent = "'rope_parameters': {'rope_type': 'linear', 'factor': 4, 'rope_theta': 500}";
    for (String keys : new String[] {old, recent}) {
      Rope rope = read(LLAMA + ", " + keys).rope().orElseThrow();
      assertThat(rope.theta()).isEqualTo(500);
      assertThat(rope.scales()).containsExactly(0.25f, 0.25f);
    }
    assertThat(
            read(NEOX.replace("12", "24") + ", 'rotary_emb_base': 700, 'rotary_pct': 0.5")
                .rope()
                .orElseThrow())
        .satisfies(
            rope -> {
              assertThat(rope.theta()).isEqualTo(700);
              assertThat(rope.scales()).hasSize(2);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'hidden_size': 12|'hidden_size': 13|num_attention_heads: 3 (expected: a divisor of the width, 13)",
        "'hidden_size': 12|'hidden_size': 9|num_attention_heads: 3 (expected: heads of an even width, not 3)",
        "'hidden_size': 12|'hidden_size': 12, 'num_key_value_heads': 2|num_key_value_heads: 2 (expected: a divisor of num_attention_heads, 3)",
        "'hidden_size': 12|'hidden_size': 12, 'head_dim': 5|head_dim: 5 (expected: heads of an even width, not 5)",
        "'hidden_size': 12|'hidden_size': 12, 'hidden_act': 'gelu'|hidden_act: \"gelu\" (expected: silu)",
        "'hidden_size': 12|'hidden_size': 12, 'partial_rotary_factor': 0.5|partial_rotary_factor: 0.5 (expected: 1)",
        "'hidden_size': 12|'hidden_size': 12, 'rope_scaling': {'type': 'dynamic'}|rope_scaling.type: \"dynamic\" (expected: default, linear, llama3 or yarn)",
        "'hidden_size': 12|'hidden_size': 12, 'rope_parameters': {'rope_type': 'longrope'}|rope_parameters.rope_type: \"longrope\" (expected: default, linear, llama3 or yarn)",
        "'hidden_size': 12|'hidden_size': 12, 'rope_scaling': {'type': 'linear'}|missing key rope_scaling.factor (expected: a number in 1.0E-6..1000000.0)",
        "'hidden_size': 12|'hidden_size': 12, 'layer_types': ['full_attention']|layer_types: an array (expected: one of each of the 2 layers)",
        "'hidden_size': 12|'hidden_size': 12, 'layer_types': ['full_attention', 'linear_attention']|layer_types: an array (expected: full_attention or sliding_attention)",
        "'hidden_size': 12, ||missing key hidden_size (expected: an integer in 1..1048576)",
        "'llama'|'mamba'|model_type: \"mamba\" (expected: llama, qwen2, opt, gpt_neox or bloom)",
      })
  void refusesOfLlama(String from, String to, String message) {
    refuses(LLAMA, from, to == null ? "" : to, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'hidden_size': 12|'hidden_size': 13|num_attention_heads: 3 (expected: a divisor of the width, 13)",
        "'ffn_dim': 8|'ffn_dim': 8, 'activation_function': 'tanh'|activation_function: \"tanh\" (expected: relu, gelu, gelu_new, gelu_fast, gelu_pytorch_tanh or silu)",
        "'ffn_dim': 8|'ffn_dim': 8, 'layer_norm_elementwise_affine': false|layer_norm_elementwise_affine: false (expected: true)",
        "'ffn_dim': 8|'ffn_dim': 0|ffn_dim: 0 (expected: an integer in 1..16777216)",
      })
  void refusesOfOpt(String from, String to, String message) {
    refuses(OPT, from, to, message);
  }

  @Test
  void refusesOfOthers() {
    refuses(
        NEOX,
        "'hidden_size': 12",
        "'hidden_size': 12, 'rotary_pct': 0.25",
        "rotary_pct: 0.25 (expected: an even number of a head's 4 components turned, not 1)");
    refuses(BLOOM, "12", "13", "num_attention_heads: 3 (expected: a divisor of the width, 13)");
    refuses(
        "'model_type': 'speech_language_model', 'vocab_size': 21, 'base_config': {" + LLAMA + "}",
        "21",
        "22",
        "base_config.vocab_size: 20 (expected: 22, as outside base_config)");
  }

  private void refuses(String good, String from, String to, String message) {
    assertThat(good).contains(from);
    assertThatThrownBy(() -> read(good.replace(from, to)))
        .isInstanceOf(InputException.class)
        .hasMessage(folder.resolve("config.json") + ": " + message);
  }

  @Test
  void windowsAreThoseOfTheLayersThatHaveThem() {
    String window = ", 'use_sliding_window': true, 'sliding_window': 7, 'max_window_layers': 1";
    assertThat(((LlamaFamily) read(QWEN2 + window)).windows()).containsExactly(0, 7);
    assertThat(((LlamaFamily) read(QWEN2 + window.replace("true", "false"))).windows())
        .containsExactly(0, 0);
    assertThat(((LlamaFamily) read(QWEN2 + window.replace(" 7", " null"))).windows())
        .containsExactly(0, 0);
  }
}
