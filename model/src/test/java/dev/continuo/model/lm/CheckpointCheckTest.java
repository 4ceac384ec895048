// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of a checkpoint before torch runs. */
class CheckpointCheckTest {
  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException, URISyntaxException {
    for (String name : new String[] {"config.json", "model.safetensors"}) {
      String resource = "/dev/continuo/model/golden/lm-opt/model/" + name;
      Path file =
          Path.of(Objects.requireNonNull(CheckpointCheckTest.class.getResource(resource)).toURI());
      Files.copy(file, folder.resolve(name));
    }
  }

  @Test
  void findsNothingAmissInAGoodOne() {
    assertThatCode(() -> CausalLanguageModel.check(folder)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"ffn_dim\": 112|\"ffn_dim\": 113|fc1.weight: shape [112, 32] (expected: [113, 32])",
        "\"num_hidden_layers\": 3|\"num_hidden_layers\": 4|missing tensor model.decoder.layers.3.",
        "\"vocab_size\": 512|\"vocab_size\": 600|embed_tokens.weight: shape [512, 32]",
        "\"num_attention_heads\": 4|\"num_attention_heads\": 5|",
      })
  void namesTheTensorThatDoesNotFit(String from, String to, String expected) throws IOException {
    Path config = folder.resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(config, text.replace(from, to));
    assertThatThrownBy(() -> CausalLanguageModel.check(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.toString())
        .hasMessageContaining(expected == null ? "num_attention_heads" : expected);
  }

  @Test
  void refusesIntegersForWeights() throws IOException {
    Path weights = folder.resolve("model.safetensors");
    String text = Files.readString(weights, java.nio.charset.StandardCharsets.ISO_8859_1);
    Files.writeString(
        weights,
        text.replaceFirst("\"dtype\":\"F32\"", "\"dtype\":\"I32\""),
        java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> CausalLanguageModel.check(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(": I32 [")
        .hasMessageEndingWith("(expected: BF16, F16, F32 or F64)");
  }
}
