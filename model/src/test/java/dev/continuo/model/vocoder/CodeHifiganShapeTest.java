// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a CodeHiFiGAN's configuration may say. */
final class CodeHifiganShapeTest {
  @TempDir Path folder;

  private CodeHifiganShape edited(String from, String to) throws IOException {
    String text = Files.readString(Golden.path("vocoder-25hz/model/config.json"));
    String compact = text.replaceAll("\\s+", "");
    assertThat(compact).contains(from);
    Path file = folder.resolve("config.json");
    Files.writeString(file, compact.replace(from, to));
    return CodeHifiganShape.read(ConfigFile.read(file));
  }

  @Test
  void readsWhatIsPublished() throws IOException {
    CodeHifiganShape shape = edited("\"f0\":false", "\"f0\":null");
    assertThat(shape.samplesPerFrame()).isEqualTo(640);
    assertThat(shape.units()).isEqualTo(500);
    assertThat(shape.speakers()).isZero();
    // 3 frames before the first stage, then what each stage adds, in samples
    assertThat(shape.lagSamples()).isEqualTo(12652);
    assertThat(shape.lookAheadFrames()).isEqualTo(20);
  }

  @Test
  void speakersAndStylesWidenTheInput() throws IOException {
    CodeHifiganShape shape =
        edited(
            "\"model_in_dim\":24",
            "\"model_in_dim\":72,\"multispkr\":\"single\",\"num_speakers\":4,\"multistyle\":1");
    assertThat(shape.speakers()).isEqualTo(4);
    assertThat(shape.styles()).isEqualTo(100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"code_hop_size\":640|\"code_hop_size\":320|code_hop_size: 320 (expected: an integer in 640..640)",
        "\"resblock\":\"1\"|\"resblock\":\"2\"|resblock: \"2\" (expected: 1)",
        "\"f0\":false|\"f0\":true|f0: true (expected: false",
        "\"model_in_dim\":24|\"model_in_dim\":48|model_in_dim: 48 (expected: an integer in 24..24)",
        "[11,8,8,8,4]|[11,8,8,4]|upsample_kernel_sizes: an array (expected: 5 sizes",
        "[11,8,8,8,4]|[10,8,8,8,4]|upsample_kernel_sizes: an array (expected: each its upsample_rate and an even",
        "[3,7,11]|[3,7,10]|resblock_kernel_sizes: an array (expected: odd",
        "[[1,3,5],|[[1,3,0],|resblock_dilation_sizes[0][2]: 0 (expected: an integer in 1..1024)",
        "[[1,3,5],|[1,|resblock_dilation_sizes: an array (expected: an array of arrays",
        "\"upsample_initial_channel\":32|\"upsample_initial_channel\":16|upsample_initial_channel: 16 (expected: 32 or more)",
        "\"var_pred_kernel_size\":3|\"var_pred_kernel_size\":5|dur_predictor_params.var_pred_kernel_size: 5",
        "\"sampling_rate\":16000|\"sampling_rate\":0|sampling_rate: 0",
      })
  void refusesWhatContradictsItself(String from, String to, String message) {
    assertThatThrownBy(() -> edited(from, to))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
