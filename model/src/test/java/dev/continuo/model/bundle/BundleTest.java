// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import static dev.continuo.model.checkpoint.CheckpointFiles.npy;
import static dev.continuo.model.checkpoint.CheckpointFiles.npyMatrix;
import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {
  @TempDir Path temp;
  private FakeBundle fake;

  @BeforeEach
  void writeBundle() {
    fake = FakeBundle.in(temp.resolve("fake"));
  }

  @Test
  void opensAndDescribes() {
    Bundle bundle = Bundle.open(fake.folder());
    assertThat(bundle.name()).isEqualTo("fake");
    assertThat(bundle.version()).isEqualTo("1");
    assertThat(bundle.licence()).isEqualTo("MIT");
    assertThat(bundle.language()).isEqualTo("en");
    assertThat(bundle.provenance()).isEqualTo("made up");
    assertThat(bundle.unitCount()).isEqualTo(10);
    assertThat(bundle.unitRateHz()).isEqualTo(25);
    assertThat(bundle.encoderSampleRateHz()).isEqualTo(16000);
    assertThat(bundle.vocoderSampleRateHz()).isEqualTo(24000);
    assertThat(bundle.quantizerFile()).isEqualTo(fake.file("encoder/kmeans.npy"));
    assertThat(bundle.lm().modelType()).isEqualTo("llama");
    assertThat(bundle.lm().weights()).isEqualTo(fake.file("lm/model.safetensors"));
    assertThat(bundle.lmIds().barredIds()).containsExactly(10);
    assertThat(bundle.lmIds().endIds()).isEmpty();
    assertThat(bundle.files()).hasSize(7);
    BundleInfo info = BundleInfo.of(bundle);
    assertThat(info.fingerprint()).isEqualTo(bundle.fingerprint()).hasSize(16);
    assertThat(info.components()).extracting(BundleInfo.Component::parameters).containsOnly(3L);
  }

  @Test
  void fingerprintChangesWithAnySum() {
    String before = Bundle.open(fake.folder()).fingerprint();
    fake.edit("bundle.json", "'version': '1'", "'version': '2'");
    assertThat(Bundle.open(fake.folder()).fingerprint()).isNotEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoder/config.json",
        "encoder/kmeans.npy",
        "encoder/model.safetensors",
        "lm/config.json",
        "lm/model.safetensors",
        "vocoder/config.json",
        "vocoder/model.safetensors"
      })
  void refusesMissingEmptyAndCutFiles(String file) throws IOException {
    int size = (int) Files.size(fake.file(file));
    fake.cut(file, size - 1);
    refused(file + ": ", "expected");
    fake.cut(file, 0);
    refused(file + ": empty", "is the file cut?");
    fake.delete(file);
    refused(file + ": missing", "bundle.json says");
    Files.createDirectory(fake.file(file));
    refused(file + ": not a regular file", "expected");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "encoder/config.json|wavlm|continuo_streaming_encoder",
        "lm/config.json|mamba|llama",
        "vocoder/config.json|vits|continuo_source_filter_vocoder",
      })
  void refusesUnknownModelTypes(String file, String type, String known) {
    fake.edit(file, known, type);
    refused(file + ": model_type: \"" + type + "\"", "a known model_type; for the ", known);
    fake.edit(file, "'model_type'", "'type'");
    refused(file + ": missing key model_type", known);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "bundle.json|'num_units': 10|'num_units': 9|encoder/kmeans.npy: rows: 10|9 units, as in|bundle.json: num_units",
        "encoder/config.json|'num_units': 10|'num_units': 9|encoder/config.json: num_units: 9|10 units|bundle.json: num_units",
        "vocoder/config.json|'num_units': 10|'num_units': 11|vocoder/config.json: num_units: 11|10 units|bundle.json: num_units",
        "bundle.json|'units': 10|'units': 8|bundle.json: lm.units: 8|10 units|bundle.json: num_units",
        "encoder/config.json|'hidden_size': 4|'hidden_size': 5|kmeans.npy: columns: 4|5 features|encoder/config.json: hidden_size",
        "lm/config.json|'vocab_size': 11|'vocab_size': 9|lm/config.json: vocab_size: 9|>= 10 for 10 units from id 0|bundle.json: lm",
        "bundle.json|'unit_rate_hz': 25.0|'unit_rate_hz': 50.0|encoder/config.json: frame_rate_hz: 25|50 units a second|bundle.json: unit_rate_hz",
        "encoder/config.json|'samples_per_frame': 640|'samples_per_frame': 320|samples_per_frame: 50|25 units a second|bundle.json: unit_rate_hz",
        "vocoder/config.json|'unit_rate_hz': 25.0|'unit_rate_hz': 12.5|vocoder/config.json: unit_rate_hz: 12.5|25 units a second|bundle.json: unit_rate_hz",
        "vocoder/config.json|'hop_length': 240|'hop_length': 480|frames_per_unit: 12.5|25 units a second|bundle.json: unit_rate_hz",
        "bundle.json|'sample_rate': 16000|'sample_rate': 8000|encoder/config.json: sample_rate: 16000|8000 samples a second|bundle.json: encoder.sample_rate",
        "bundle.json|'sample_rate': 24000|'sample_rate': 16000|vocoder/config.json: sample_rate: 24000|16000 samples a second|bundle.json: vocoder.sample_rate",
      })
  void refusesDisagreement(
      String file, String from, String to, String claim, String other, String source) {
    fake.edit(file, from, to);
    refused(claim, other, source);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'name': 'fake'|'title': 'fake'|missing key name",
        "'name': 'fake'|'name': 'a/b'|name: \"a/b\" (expected: up to 64 letters",
        "'made up'|'\\u001b[2J'|provenance: \"\\u001b[2J\" (expected: text without control",
        "'version': '1'|'version': 1|version: 1 (expected: a string)",
        "'num_units': 10|'num_units': 0|num_units: 0 (expected: an integer in 1..",
        "'unit_rate_hz': 25.0|'unit_rate_hz': -1|unit_rate_hz: -1 (expected: a number",
        "'licence': 'MIT'|'licence': []|licence: an array (expected: a string)",
        "'lm': {|'llm': {|missing key lm (expected: an object)",
        "'quantizer': 'kmeans.npy'|'quantiser': 'kmeans.npy'|missing key encoder.quantizer",
        "'path': 'lm'|'path': 'lm2'|lm2: no such folder",
        "'lm/model.safetensors': '|'lm/weights.safetensors': '|missing",
        "'lm/config.json': '|'lm/config.json': '0|files.lm/config.json: ",
        "'lm/config.json'|'LM/MODEL.safetensors'|paths that differ in more than case",
        "'end_ids': []|'end_ids': [3]|end_ids: an array (expected: ids outside the units 0..9)",
        "'end_ids': []|'end_ids': [11]|lm.end_ids[0]: 11 (expected: an integer in 0..10)",
        "'end_ids': []|'end_ids': [10]|barred_ids: an array (expected: no id that is also",
        "'first_unit_id': 0|'first_unit_id': 2|vocab_size: 11 (expected: >= 12",
        "'first_unit_id': 0,||missing key lm.first_unit_id",
      })
  void refusesMalformedManifests(String from, String to, String expected) {
    fake.edit("bundle.json", from, to == null ? "" : to);
    refused(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret.json",
        "/etc/passwd",
        "lm/../../x",
        "..",
        "lm//x",
        "./lm",
        "C:/x",
        "lm\\\\x",
        "lm/.",
        "x/",
        "a\\u0000b",
        "a\\nb"
      })
  void refusesPathsThatLeaveTheFolder(String path) {
    String expected = "(expected: a path inside the bundle, such as lm/config.json)";
    fake.edit("bundle.json", "'path': 'lm'", "'path': '" + path + "'");
    refused("bundle.json: lm.path: ", expected);
    fake.edit("bundle.json", "'lm/config.json'", "'" + path + "'");
    refused("bundle.json: files.", "a key that is a path inside the bundle");
  }

  @Test
  void refusesTextThatIsNoFileName() {
    fake.edit("bundle.json", "'path': 'lm'", "'path': 'a\\ud800b'");
    refused("bundle.json: ");
  }

  @Test
  void refusesAQuantizerOutside() {
    fake.edit("bundle.json", "'quantizer': 'kmeans.npy'", "'quantizer': '../kmeans.npy'");
    refused("bundle.json: encoder.quantizer: ", "a path inside the bundle");
  }

  @Test
  void refusesLinksThatLeadOut() throws IOException {
    Path outside = temp.resolve("outside");
    Files.move(fake.file("lm/model.safetensors"), outside);
    Files.createSymbolicLink(fake.file("lm/model.safetensors"), outside);
    refused("lm/model.safetensors: a link to ", "outside (expected: inside ");
    Files.delete(fake.file("lm/model.safetensors"));
    Path inside = fake.file("blob");
    Files.move(outside, inside);
    Files.createSymbolicLink(fake.file("lm/model.safetensors"), inside);
    assertThat(Bundle.open(fake.folder()).name()).isEqualTo("fake");
  }

  @Test
  void refusesWhatIsNoBundle() throws IOException {
    refused(() -> Bundle.open(temp.resolve("none")), "none: no such folder", "a bundle folder");
    refused(() -> Bundle.open(temp), "not a bundle folder (expected: a folder with bundle.json)");
    refused(() -> Bundle.open(fake.file("bundle.json")), "bundle.json: not a folder");
    write(fake.file("bundle.json"), "name: fake");
    refused("bundle.json: not JSON");
    write(fake.file("bundle.json"), "[]");
    refused("bundle.json: not a JSON object");
    Files.delete(fake.file("bundle.json"));
    Files.createDirectory(fake.file("bundle.json"));
    refused("bundle.json: not a regular file");
  }

  @Test
  void refusesAQuantizerThatIsNoMatrix() {
    Path vector =
        write(
            temp.resolve("v.npy"),
            npy("{'descr': '<f4', 'fortran_order': False, 'shape': (10,)}", new byte[40]));
    refused(
        () -> Bundle.open(fake.folder(), new BundleOverrides(null, vector, null, null)),
        "v.npy: shape [10] (expected: [units, width])");
  }

  @Test
  void mixesComponentsThatAgree() {
    FakeBundle other = FakeBundle.in(temp.resolve("other"));
    other.edit("lm/config.json", "'vocab_size': 11", "'vocab_size': 14");
    other.edit("lm/config.json", "'offset': 0", "'offset': 2");
    other.edit("lm/config.json", "'eos_token_id': 10", "'eos_token_id': [0, 3]");
    BundleOverrides overrides =
        new BundleOverrides(other.file("encoder"), null, other.file("lm"), other.file("vocoder"));
    Bundle bundle = Bundle.open(fake.folder(), overrides);
    assertThat(bundle.overrides()).isEqualTo(overrides);
    assertThat(overrides.isEmpty()).isFalse();
    assertThat(Bundle.open(fake.folder()).overrides().isEmpty()).isTrue();
    assertThat(bundle.quantizerFile()).isEqualTo(other.file("encoder/kmeans.npy"));
    assertThat(bundle.lm().folder()).isEqualTo(other.file("lm"));
    assertThat(bundle.vocoder().folder()).isEqualTo(other.file("vocoder"));
    // The bundle's own ids say nothing about another model: units from the offset, EOS ends unless
    // it is a unit (3 is unit 1), the rest is barred.
    assertThat(bundle.lmIds().firstUnitId()).isEqualTo(2);
    assertThat(bundle.lmIds().endIds()).containsExactly(0);
    assertThat(bundle.lmIds().barredIds()).containsExactly(1, 12, 13);
  }

  @Test
  void aLanguageModelsFolderMaySayItsIdsItself() {
    FakeBundle slam = FakeBundle.in(temp.resolve("slam"));
    slam.edit("lm/config.json", "'llama'", "'speech_language_model'");
    slam.edit("lm/config.json", "'vocab_size': 11", "'vocab_size': 12");
    LmIds ids = open(null, null, slam.file("lm"), null).lmIds();
    assertThat(ids.firstUnitId()).isEqualTo(2); // after the padding and the one that bounds
    assertThat(ids.startIds()).containsExactly(1);
    assertThat(ids.endIds()).containsExactly(1);
  }

  @Test
  void refusesALanguageModelOfAnotherNumberOfUnits() {
    FakeBundle other = FakeBundle.in(temp.resolve("other"));
    other.edit("lm/config.json", "'offset': 0", "'offset': 0, 'num_units': 8");
    refused(
        () -> open(null, null, other.file("lm"), null),
        "other/lm/config.json: num_units: 8 (expected: 10 units, as in ");
  }

  @Test
  void refusesMixesThatDisagree() {
    FakeBundle other = FakeBundle.in(temp.resolve("other"));
    for (String role : new String[] {"encoder", "vocoder"}) {
      other.edit(role + "/config.json", "'num_units': 10", "'num_units': 7");
    }
    write(other.file("encoder/kmeans.npy"), npyMatrix(7, 4));
    refused(
        () -> open(other.file("encoder"), null, null, null),
        "other/encoder/kmeans.npy: rows: 7 (expected: 10 units, as in ",
        "fake/bundle.json: num_units");
    refused(
        () -> open(null, other.file("encoder/kmeans.npy"), null, null),
        "other/encoder/kmeans.npy: rows: 7");
    refused(
        () -> open(null, null, null, other.file("vocoder")),
        "other/vocoder/config.json: num_units: 7");
    refused(() -> open(null, null, temp.resolve("x"), null), "x: no such folder", "of the lm");
    refused(() -> open(null, temp.resolve("x"), null, null), "x: missing (expected: a file)");
    refused(() -> open(null, null, other.file("vocoder"), null), "model_type", "for the lm llama");
    // Where everything is replaced, the bundle's own counts describe nothing of the mix.
    Bundle mix = open(other.file("encoder"), null, other.file("lm"), other.file("vocoder"));
    assertThat(mix.unitCount()).isEqualTo(7);
  }

  @Test
  void kmeansOverrideReplacesTheCountOfTheEncodersConfig() {
    FakeBundle other = FakeBundle.in(temp.resolve("other"));
    fake.edit("encoder/config.json", "'num_units': 10", "'num_units': 7");
    assertThat(open(null, other.file("encoder/kmeans.npy"), null, null).unitCount()).isEqualTo(10);
  }

  @Test
  void withoutIdsUnitsComeFromTheConfig() {
    fake.edit(
        "bundle.json", ", 'first_unit_id': 0, 'units': 10, 'end_ids': [], 'barred_ids': [10]", "");
    LmIds ids = Bundle.open(fake.folder()).lmIds();
    assertThat(ids.units()).isEqualTo(10);
    assertThat(ids.endIds()).containsExactly(10);
    assertThat(ids.barredIds()).isEmpty();
  }

  @Test
  void barsEveryIdThatIsNeitherUnitNorEnd() {
    fake.edit("lm/config.json", "'vocab_size': 11", "'vocab_size': 15");
    fake.edit("bundle.json", "'first_unit_id': 0", "'first_unit_id': 1");
    fake.edit("bundle.json", "'end_ids': []", "'end_ids': [13, 0, 13]");
    LmIds ids = Bundle.open(fake.folder()).lmIds();
    assertThat(ids.endIds()).containsExactly(0, 13);
    assertThat(ids.barredIds()).containsExactly(10, 11, 12, 14); // 10, a unit, as listed
  }

  /** Whatever stands in its text files: a bundle opens, or is refused in one line. */
  @Test
  void survivesRandomMutations() throws IOException {
    String[] files = {
      "bundle.json", "encoder/config.json", "lm/config.json", "vocoder/config.json"
    };
    String[] pieces = {
      "", "\"", "{", "}", ",", ":", "-", "9", "1e9", "null", "[]", "\\u0000", "../"
    };
    int opened = 0;
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      String file = files[random.nextInt(files.length)];
      String good = Files.readString(fake.file(file));
      int at = random.nextInt(good.length());
      int to = Math.min(good.length(), at + random.nextInt(4));
      String piece = pieces[random.nextInt(pieces.length)];
      Files.writeString(fake.file(file), good.substring(0, at) + piece + good.substring(to));
      try {
        BundleInfo.of(Bundle.open(fake.folder()));
        opened++;
      } catch (InputException e) {
        assertThat(e).as("seed %d", seed).message().contains(temp.toString()).doesNotContain("\n");
      }
      Files.writeString(fake.file(file), good);
    }
    assertThat(opened).isBetween(1, 1999);
  }

  private Bundle open(
      @Nullable Path encoder, @Nullable Path kmeans, @Nullable Path lm, @Nullable Path vocoder) {
    return Bundle.open(fake.folder(), new BundleOverrides(encoder, kmeans, lm, vocoder));
  }

  private void refused(String... expected) {
    refused(() -> Bundle.open(fake.folder()), expected);
  }

  private static void refused(ThrowingCallable call, String... expected) {
    assertThatThrownBy(call)
        .isInstanceOf(InputException.class)
        .message()
        .contains(expected)
        .contains("(expected: ")
        .doesNotContain("\n");
  }
}
