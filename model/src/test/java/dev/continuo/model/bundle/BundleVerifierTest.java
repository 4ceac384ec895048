// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import static dev.continuo.model.checkpoint.CheckpointFiles.safetensors;
import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import dev.continuo.model.bundle.BundleVerification.FileSum;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleVerifierTest {
  @TempDir Path folder;

  @Test
  void acceptsAGoodBundle() {
    FakeBundle.in(folder);
    BundleVerification result = BundleVerifier.verify(Bundle.open(folder));
    assertThat(result.ok()).isTrue();
    assertThat(result.files()).hasSize(7).allMatch(FileSum::ok).allMatch(f -> f.bytes() > 0);
    result.requireOk();
  }

  @Test
  void namesFileAndBothSumsOfAChangedFile() throws IOException {
    FakeBundle fake = FakeBundle.in(folder);
    String before = Sha256.of(fake.file("lm/model.safetensors"));
    // Same size, same header: only the sum tells.
    write(
        fake.file("lm/model.safetensors"), safetensors(Map.of("lm.weight", new float[] {1, 2, 4})));
    BundleVerification result = BundleVerifier.verify(Bundle.open(folder));
    assertThat(result.ok()).isFalse();
    assertThat(result.files())
        .filteredOn(file -> !file.ok())
        .extracting(FileSum::file)
        .containsExactly("lm/model.safetensors");
    assertThatThrownBy(result::requireOk)
        .isInstanceOf(InputException.class)
        .hasMessage(
            "%s: sha256 %s (expected: %s)",
            fake.file("lm/model.safetensors"),
            Sha256.of(fake.file("lm/model.safetensors")),
            before);
  }

  @Test
  void sumsAreThoseOfTheStandard() throws IOException {
    // FIPS 180-4 example "abc".
    assertThat(Sha256.of(write(folder.resolve("abc"), "abc")))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}
