// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BundleCommandTest extends CommandTest {
  private CommandRun bundle(String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "bundle";
    all[1] = args[0];
    all[2] = bundle.folder().toString();
    System.arraycopy(args, 1, all, 3, args.length - 1);
    return plain(new byte[0], all);
  }

  @Test
  void infoDescribes() {
    assertThat(bundle("info").ok().out())
        .contains("name", "fake", "MIT", "made up", "unit_rate_hz", "25.0", "llama")
        .containsPattern("(?m)^lm\\.folder +" + Pattern.quote(bundle.folder() + "/lm") + "$");
    assertThat(networks.loaded()).isEmpty();
  }

  @Test
  void infoIsJsonWhereAsked() {
    CommandRun run = bundle("info", "--json").ok();
    assertThat(run.lines()).hasSize(1);
    var node = UnitLine.JSON.readTree(run.out());
    assertThat(node.path("name").stringValue()).isEqualTo("fake");
    assertThat(node.path("unit_count").intValue()).isEqualTo(FakeNetworks.UNITS);
    assertThat(node.path("fingerprint").stringValue()).matches("[0-9a-f]{16}");
    assertThat(node.path("components").path(1).path("role").stringValue()).isEqualTo("lm");
  }

  @Test
  void verifySumsEveryFileAndRunsEveryNetwork() {
    CommandRun run = bundle("verify").ok();
    assertThat(run.lines()).hasSize(7 + 1).allMatch(line -> line.startsWith("ok  "));
    assertThat(run.lines()).anyMatch(line -> line.matches("ok  lm/config.json, \\d+ bytes"));
    assertThat(networks.loaded()).containsExactly("encoder FP16", "lm FP16", "vocoder FP16");
  }

  @Test
  void verifyIsJsonWhereAsked() {
    var node = UnitLine.JSON.readTree(bundle("verify", "--json").ok().out());
    assertThat(node.path("ok").booleanValue()).isTrue();
    assertThat(node.path("files").intValue()).isEqualTo(7);
  }

  @Test
  void verifyNamesAFileOfAnotherSum() throws IOException {
    byte[] weights = Files.readAllBytes(bundle.file("lm/model.safetensors"));
    weights[weights.length - 1] ^= 1;
    Files.write(bundle.file("lm/model.safetensors"), weights);
    CommandRun run = bundle("verify");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .startsWith("continuo: " + bundle.file("lm/model.safetensors") + ": ")
        .contains("(expected: ")
        .hasLineCount(1);
    assertThat(networks.loaded()).isEmpty();
  }
}
