// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Failures;
import dev.continuo.cli.Progress;
import dev.continuo.cli.Terminal;
import dev.continuo.model.InputException;
import dev.continuo.model.Precision;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.StreamingPolicy;
import dev.continuo.model.bundle.EncoderFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code units}: audio to units. <i>Serialised by the caller.</i> */
@Command(
    name = "units",
    mixinStandardHelpOptions = true,
    description = "Turns audio into discrete speech units, one JSON line a file.")
final class UnitsCommand implements Callable<Integer> {
  private static final int LONGEST_CHUNK_MILLIS = 60_000;

  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModelArguments model;

  @Parameters(
      arity = "1..*",
      paramLabel = "IN",
      description = "WAV, FLAC or Ogg Opus files; - for standard input.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private List<Path> files;

  @Option(
      names = "--raw",
      description = "One unit a frame instead of deduplicated units with durations.")
  private boolean raw;

  @Option(names = "--stream", description = "Go through the incremental tokenizer, chunk by chunk.")
  private boolean stream;

  @Option(
      names = "--chunk-ms",
      paramLabel = "MS",
      defaultValue = "20",
      description = "Length of a chunk of --stream in milliseconds. Default: ${DEFAULT-VALUE}.")
  private int chunkMillis;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModeArgument mode;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private StreamingArguments streaming;

  @Option(
      names = "--compare",
      description =
          "With --stream: add \"ued\" (unit edit distance per 100 units) and \"frame_agreement\""
              + " against the offline units, how many frames were replaced at the end, and the"
              + " encoder's real-time factor both ways, \"rtf\" and \"offline_rtf\": processor time of"
              + " one thread over the recording's length.")
  private boolean compare;

  @Option(names = "--json", description = "JSON lines; they are what this command prints anyway.")
  @SuppressWarnings("UnusedVariable") // accepted, for scripts that pass it everywhere
  private boolean json;

  UnitsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (chunkMillis < 1 || chunkMillis > LONGEST_CHUNK_MILLIS) {
      throw wrong("--chunk-ms: " + chunkMillis + " (expected: 1 to " + LONGEST_CHUNK_MILLIS + ")");
    }
    if (compare && !stream) {
      throw wrong("--compare: given without --stream (expected: both)");
    }
    Terminal terminal = context.terminal();
    streaming.check(stream);
    if (mode.isGiven() && !stream) {
      throw wrong("--mode: given without --stream (expected: both)");
    }
    EncoderFolder folder = model.encoder(context.networks());
    int code = 0;
    try (SpeechEncoder encoder = context.networks().encoder(folder, model.options(Precision.F32))) {
      if (mode.isGiven() && !encoder.takesPolicy()) {
        throw wrong("--mode: given (expected: not with this encoder, exact as audio arrives)");
      }
      for (Path file : files) {
        try {
          terminal.result(line(encoder, file).toString());
        } catch (Terminal.ReaderGone e) {
          throw e;
        } catch (IOException | RuntimeException e) {
          Optional<String> message =
              e instanceof InputException
                  ? Optional.of(String.valueOf(e.getMessage()))
                  : Failures.fileMessage(e);
          if (files.size() == 1 || message.isEmpty()) {
            throw e;
          }
          terminal.note("continuo: " + message.get());
          code = Failures.INPUT;
        }
      }
    }
    return code;
  }

  /** What SlamKit calls a recording: the file's name, without its folder. */
  private static String name(Path file) {
    Path last = file.getFileName();
    return last == null ? file.toString() : last.toString();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private ObjectNode line(SpeechEncoder encoder, Path file) throws IOException {
    RecordingUnits.Result result = units(encoder, file);
    int[] units = result.units();
    String name = name(file);
    ObjectNode node =
        raw ? new UnitLine(name, units, null).json() : UnitLine.ofFrames(name, units).json();
    Agreement agreement = result.agreement();
    if (agreement != null) {
      node.put("ued", agreement.ued());
      node.put("frame_agreement", agreement.frameAgreement());
      if (encoder.takesPolicy()) {
        node.put("withdrawn_frames", result.withdrawn());
      }
      node.put("rtf", result.rtf()).put("offline_rtf", result.offlineRtf());
    }
    return node;
  }

  private RecordingUnits.Result units(SpeechEncoder encoder, Path file) throws IOException {
    try (Progress progress = new Progress(context.terminal())) {
      Optional<StreamingPolicy> policy =
          stream ? streaming.policy(encoder, mode) : Optional.empty();
      return new RecordingUnits(encoder, policy, stream ? chunkMillis : 0, compare)
          .of(
              file,
              context.terminal().in(),
              n -> progress.show(file + ": " + n / encoder.sampleRateHz() + " s of audio"));
    }
  }
}
