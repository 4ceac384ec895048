// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
  @TempDir Path folder;

  @Test
  void readsTypedValues() {
    ConfigFile config =
        config(
            "{\"n\": 3, \"x\": 1e-5, \"on\": true, \"s\": \"silu\", \"none\": null,"
                + " \"ids\": [1, 2], \"rope\": {\"theta\": 10000}, \"layers\": [{\"d\": 1}]}");
    assertThat(config.integer("n", 1, 3)).isEqualTo(3);
    assertThat(config.integerOr("absent", 1, 3, 7)).isEqualTo(7);
    assertThat(config.integerOr("none", 1, 3, 7)).isEqualTo(7);
    assertThat(config.integers("ids", 0, 9)).containsExactly(1, 2);
    assertThat(config.integers("n", 0, 9)).containsExactly(3);
    assertThat(config.number("x", 0, 1)).isEqualTo(1e-5);
    assertThat(config.number("n", 0, 9)).isEqualTo(3);
    assertThat(config.numberOr("absent", 0, 1, 0.5)).isEqualTo(0.5);
    assertThat(config.flag("on")).isTrue();
    assertThat(config.flagOr("absent", true)).isTrue();
    assertThat(config.string("s")).isEqualTo("silu");
    assertThat(config.stringOr("none", "relu")).isEqualTo("relu");
    assertThat(config.choice("s", "gelu", "silu")).isEqualTo("silu");
    assertThat(config.object("rope").number("theta", 1, 1e9)).isEqualTo(10000);
    assertThat(config.objectIfPresent("none")).isEmpty();
    assertThat(config.objectIfPresent("rope")).isPresent();
    assertThat(config.objects("layers").get(0).integer("d", 0, 1)).isEqualTo(1);
    assertThat(config.has("none")).isFalse();
    assertThat(config.keys()).contains("none", "rope").hasSize(8);
  }

  @Test
  void namesFileKeyValueAndExpectation() {
    ConfigFile config =
        config(
            "{\"hidden_size\": \"x\", \"big\": 1e999, \"f\": 2.0, \"n\": 5, \"long\": 9999999999,"
                + " \"none\": null, \"s\": \"\", \"rope\": {\"theta\": true}, \"ids\": [1, -1],"
                + " \"list\": [1]}");
    refused(
        () -> config.integer("hidden_size", 1, Integer.MAX_VALUE),
        "hidden_size: \"x\" (expected: an integer >= 1)");
    refused(() -> config.integer("n", 6, 9), "n: 5 (expected: an integer in 6..9)");
    refused(() -> config.integer("n", 1, 4), "n: 5 (expected: an integer in 1..4)");
    refused(() -> config.integerOr("n", 1, 4, 2), "n: 5 (expected: an integer in 1..4)");
    refused(() -> config.integer("f", 1, 4), "f: 2.0 (expected: an integer in 1..4)");
    refused(
        () -> config.integer("long", 1, Integer.MAX_VALUE),
        "long: 9999999999 (expected: an integer >= 1)");
    refused(() -> config.integer("no", 1, 4), "missing key no (expected: an integer in 1..4)");
    refused(() -> config.integer("none", 1, 4), "none: null (expected: an integer in 1..4)");
    refused(() -> config.integers("ids", 0, 4), "ids[1]: -1 (expected: an integer in 0..4)");
    refused(
        () -> config.number("big", 0, Double.POSITIVE_INFINITY), "(expected: a number in 0.0..");
    refused(() -> config.number("n", 0, 1), "n: 5 (expected: a number in 0.0..1.0)");
    refused(() -> config.flag("n"), "n: 5 (expected: true or false)");
    refused(() -> config.string("s"), "s: \"\" (expected: a string)");
    refused(() -> config.choice("hidden_size", "a", "b"), "\"x\" (expected: one of a, b)");
    refused(() -> config.object("n"), "n: 5 (expected: an object)");
    refused(() -> config.objects("rope"), "rope: an object (expected: an array of objects)");
    refused(() -> config.objects("list"), "list[0]: 1 (expected: an object)");
    ConfigFile rope = config.object("rope");
    refused(() -> rope.number("theta", 0, 1), "rope.theta: true (expected: a number in 0.0..1.0)");
    refused(() -> rope.string("type"), "missing key rope.type (expected: a string)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1]|not a JSON object",
        "''|not a JSON object",
        "'{\"a\":1,}'|not JSON at line 1 column 8",
        "'{\"a\":1,\"a\":2}'|Duplicate",
        "'{\"a\":NaN}'|not JSON",
        "'{} {}'|not JSON",
        "'{a:1}'|not JSON",
        "'{/**/}'|not JSON",
      })
  void refusesWhatIsNotStrictJson(String text, String expected) {
    refused(() -> config(text), expected);
  }

  @Test
  void boundsWhatItReads() {
    refused(() -> config("{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}"), "not JSON");
    refused(() -> config("{\"a\":" + "1".repeat(100) + "}"), "not JSON");
    refused(() -> config(" ".repeat(ConfigFile.MAX_BYTES + 1)), "(expected: at most 4194304)");
    refused(() -> config("{\"a\": \"" + "y\\n".repeat(999) + "\"}").integer("a", 1, 2), "...\" (");
  }

  private ConfigFile config(String text) {
    return ConfigFile.read(write(folder.resolve("config.json"), text));
  }

  private void refused(ThrowingCallable call, String expected) {
    assertThatThrownBy(call)
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.resolve("config.json") + ": ")
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n")
        .hasSizeLessThan(500);
  }
}
