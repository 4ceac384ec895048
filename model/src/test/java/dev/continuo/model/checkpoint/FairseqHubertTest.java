// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fairseq checkpoint's configuration, told in transformers' words. */
class FairseqHubertTest {
  private static final String LAYERS = "[(32,10,5)] + [(32,3,2)] * 4 + [(32,2,2)] * 3";

  @TempDir Path folder;

  private static Path golden() {
    return Fixtures.golden("hubert-25hz/model-fairseq/checkpoint.pt");
  }

  @Test
  void saysWhatTheConfigurationBesideTheOtherCopySays() {
    Checkpoint checkpoint = TorchFile.open(golden());
    assertThat(FairseqHubert.is(checkpoint)).isTrue();
    ConfigFile told = FairseqHubert.config(checkpoint);
    ConfigFile other = ConfigFile.read(Fixtures.golden("hubert-25hz/model/config.json"));
    for (String key : told.keys()) {
      if (key.startsWith("conv_") && !key.equals("conv_bias") && !key.contains("pos")) {
        assertThat(told.integers(key, 1, 99)).as(key).isEqualTo(other.integers(key, 1, 99));
      }
    }
    for (String key : new String[] {"hidden_size", "num_attention_heads", "intermediate_size"}) {
      assertThat(told.integer(key, 1, 999)).as(key).isEqualTo(other.integer(key, 1, 999));
    }
    assertThat(told.flag("conv_pos_batch_norm")).isTrue();
    assertThat(told.flag("do_stable_layer_norm")).isFalse();
    assertThat(told.flag("do_normalize")).isFalse();
    assertThat(told.file()).isEqualTo(golden());
  }

  /**
   * The expression is parsed: what is no list of layers is refused, whatever Python makes of it.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "__import__('os').system('echo hello, world')....",
        "[(32,10,5)] + [(32,3,2)] * 4 + [(32,2,2)] * x",
        "[(32,10,5)] + [(32,3,2)] * 4 + [(32,2,2)] * 9",
      })
  void runsNothing(String expression) throws IOException {
    byte[] bytes = Files.readAllBytes(golden());
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String padded = (expression + " ".repeat(LAYERS.length())).substring(0, LAYERS.length());
    assertThat(text).contains(LAYERS);
    Path file = folder.resolve("checkpoint.pt");
    Files.write(file, text.replace(LAYERS, padded).getBytes(StandardCharsets.ISO_8859_1));
    if (expression.endsWith("9")) {
      ConfigFile config = FairseqHubert.config(TorchFile.open(file));
      assertThat(config.integers("conv_stride", 1, 9)).hasSize(14);
      return;
    }
    assertThatThrownBy(() -> FairseqHubert.config(TorchFile.open(file)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cfg.model.conv_feature_layers: \"")
        .hasMessageContaining("(expected: as in [(512,10,5)]");
  }
}
