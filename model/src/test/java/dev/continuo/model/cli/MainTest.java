// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.cli.CommandFactory;
import dev.continuo.cli.StandardOutput;
import dev.continuo.cli.Terminal;
import dev.continuo.model.bundle.BundleStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class MainTest extends CommandTest {
  private static final String UNITS = "{\"units\": [1]}";

  private CommandRun bare(String... args) {
    return plain(new byte[0], args);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "units --help",
        "generate --help",
        "score --help",
        "vocode --help",
        "continue --help",
        "bench --help",
        "bundle --help",
        "bundle info --help",
        "bundle verify --help"
      })
  void explainsEachCommandOnStandardOutput(String line) {
    CommandRun run = bare(line.split(" ")).ok();
    assertThat(run.out()).startsWith("Usage: continuo " + line.replaceAll(" ?--help", ""));
  }

  @Test
  void everyOptionWithAValueTellsItsDefaultOrIsRequired() {
    CommandLine root =
        new CommandLine(
            new ContinuoCommand(),
            new CommandFactory(
                new Context(
                    new Terminal(InputStream.nullInputStream(), System.out, System.err, false),
                    networks)));
    Stream<CommandSpec> commands =
        root.getSubcommands().values().stream()
            .flatMap(c -> Stream.concat(Stream.of(c), c.getSubcommands().values().stream()))
            .map(CommandLine::getCommandSpec);
    List<OptionSpec> silent =
        commands
            .flatMap(c -> c.options().stream())
            .filter(o -> o.arity().max() > 0 && !o.required())
            .filter(o -> !String.join(" ", o.description()).contains("Default: "))
            .toList();
    assertThat(silent).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V", "units --version", "bundle verify --version"})
  void versionNamesEveryPart(String line) {
    CommandRun run = bare(line.split(" ")).ok();
    assertThat(run.out())
        .matches(
            """
            continuo \\d+\\.\\d+\\S*
            commit (unknown|[0-9a-f]{7,})
            java \\S+ \\(.+\\)
            djl \\d+\\.\\d+\\.\\d+, pytorch \\d+\\.\\d+\\.\\d+
            default bundle [0-9a-f]{16}
            """)
        .contains(System.getProperty("java.version"))
        .contains(BundleStore.defaultFingerprint());
    assertThat(networks.loaded()).isEmpty();
  }

  @Test
  void wrongUsageIsOneLineOfOptionValueAndExpectation() {
    bare("sing").failed(2, known("sing: no such command"));
    bare().failed(2, known("no command given"));
    bare("bundle").failed(2, "bundle: no command given (expected: info, verify, create or random)");
    bare("units", "--loud", "a.wav")
        .failed(2, "--loud: no such option (expected: see continuo units --help)");
    bare("units")
        .failed(2, "IN: missing (expected: WAV, FLAC or Ogg Opus files; - for standard input)");
    bare("generate", "a", "b")
        .failed(2, "b: one argument too many (expected: see continuo generate --help)");
    bare("generate", "a", "--seed", "1", "--seed", "2")
        .failed(2, "--seed: given twice (expected: once)");
    bare("generate", "a", "--bundle").failed(2, "--bundle: missing (expected: --bundle REF)");
  }

  private static String known(String problem) {
    return problem + " (expected: one of continue, units, generate, score, vocode, bundle, bench)";
  }

  @Test
  void wrongValuesAreOneLineOfOptionValueAndExpectation() {
    value("units", "--threads", "x", "a whole number");
    value("units", "--threads", "0", ">= 1");
    value("units", "--device", "tpu", "cpu, cuda or cuda:N");
    value("units", "--precision", "f64", "f32, fp16, int8 or bf16");
    value("units", "--chunk-ms", "0", "1 to 60000");
    value("units", "--chunk-ms", "2147483647", "1 to 60000");
    value("generate", "--temperature", "-1.0", ">= 0");
    value("generate", "--temperature", "NaN", ">= 0");
    value("generate", "--top-k", "-1", ">= 0");
    value("generate", "--top-p", "0.0", "in (0, 1]");
    value("generate", "--top-p", "warm", "a number");
    value("generate", "--seed", "1.5", "a whole number");
    value("generate", "--max-units", "0", "1 or more");
    value("generate", "--num-samples", "0", "1 to 1024");
    value("generate", "--repetition-penalty", "0.0", "> 0");
    value("generate", "--preset", "gslm", "none, twist or slam");
    value("generate", "--units", "0", "1 or more");
    value("generate", "--units", "5", "only with --lm");
    value("score", "--convention", "mean", "twist, slamkit or sum");
    value("score", "--unit-rate", "0.0", "above 0, at most 1000");
  }

  private void value(String command, String option, String value, String expected) {
    pipe(UNITS, command, "-", option, value)
        .failed(2, option + ": " + value + " (expected: " + expected + ")");
    assertThat(networks.loaded()).isEmpty();
  }

  @Test
  void wrongValuesOfVocode() {
    pipe(UNITS, "vocode", "-", "-o", path("out"), "--chunk-frames", "0")
        .failed(2, "--chunk-frames: 0 (expected: 1 to 65536)");
    pipe(UNITS, "vocode", "-", "-o", path("out"), "--durations", "long")
        .failed(2, "--durations: long (expected: given or predicted)");
  }

  @Test
  void argumentsThatBeginWithAnAtSignAreFiles() {
    TestAudio.file(folder.resolve("@x"), "--version".getBytes(StandardCharsets.UTF_8));
    CommandRun run = run("units", "@" + path("x"));
    run.failed(3, "@" + path("x") + ": no such file (expected: WAV, FLAC or Ogg Opus)");
  }

  @Test
  void aDefectIsOneLineThatNamesALogWithTheTrace() throws IOException {
    networks.failingAfterFrames(0);
    CommandRun run = pipe(UNITS, "vocode", "-", "-o", path("out"));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .startsWith(
            "continuo: internal error: java.lang.IllegalStateException: the vocoder broke; see ")
        .hasLineCount(1);
    Path log = Path.of(run.err().strip().replaceAll(".*; see ", ""));
    assertThat(log.getParent()).isEqualTo(folder.resolve("home/logs"));
    assertThat(log.getFileName().toString()).matches("error-.*\\.log");
    assertThat(Files.readString(log)).contains("the vocoder broke", "at dev.continuo.model.cli.");
  }

  @Test
  void aLogThatCannotBeWrittenIsToldToo() {
    TestAudio.file(folder.resolve("home"), new byte[1]);
    networks.failingAfterFrames(0);
    CommandRun run = pipe(UNITS, "vocode", "-", "-o", path("out"));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("no log could be written to ").hasLineCount(1);
  }

  @Test
  void debugShowsTheTrace() {
    networks.failingAfterFrames(0);
    CommandRun run = pipe(UNITS, "vocode", "-", "-o", path("out"), "--debug");
    assertThat(run.err()).contains("\tat dev.continuo.model.cli.");
    assertThat(bare("bundle", "verify", path("none"), "--debug").err()).contains("\tat ");
    assertThat(bare("bundle", "verify", path("none")).err()).hasLineCount(1);
  }

  private CommandRun writing(OutputStream out) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            InputStream.nullInputStream(),
            new StandardOutput(out),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    String file = lines(UNITS).toString();
    String[] args = {"generate", file, "--max-units", "2", "--bundle", bundle.folder().toString()};
    int code = Main.run(terminal, networks, folder.resolve("home"), args);
    return new CommandRun(code, "", err.toString(StandardCharsets.UTF_8));
  }

  private static OutputStream broken(String message) {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        throw new IOException(message);
      }
    };
  }

  @Test
  void aReaderThatHasGoneAwayIsAQuietEnd() {
    writing(broken("Broken pipe")).ok();
  }

  @Test
  void resultsThatCannotBeWrittenAreAFailure() {
    writing(broken("No space left on device"))
        .failed(
            3,
            "standard output: cannot be written: No space left on device (expected: a place that"
                + " takes it)");
  }

  @Test
  void messagesStayInOneLineWhateverAFileIsCalled() {
    CommandRun run = run("units", "a\n\u001b[31mb");
    run.failed(3, "a??[31mb: no such file (expected: WAV, FLAC or Ogg Opus)");
    run("generate", "a\nb").failed(3, "a\\u000ab: no such file or folder");
  }
}
