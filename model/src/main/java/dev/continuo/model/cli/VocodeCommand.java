// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.audio.WavWriter;
import dev.continuo.cli.Progress;
import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Rendering;
import dev.continuo.model.StreamingPolicy.Mode;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.VocoderFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code vocode}: units to audio. <i>Serialised by the caller.</i> */
@Command(
    name = "vocode",
    mixinStandardHelpOptions = true,
    description = "Turns lines of units into WAV files, one a line.")
final class VocodeCommand implements Callable<Integer> {
  /** Frames vocoded at once where nothing else is asked for. */
  private static final int BLOCK_FRAMES = 1024;

  /** What a WAV can hold, roughly: its sizes have 32 bits. */
  private static final long MAX_WAV_BYTES = 0xffff0000L;

  private static final int LONGEST_CHUNK_FRAMES = 1 << 16;

  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModelArguments model;

  @Parameters(
      paramLabel = "UNITS.jsonl",
      description = "JSON lines with \"units\" and, if known, \"durations\"; - for standard input.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path file;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "DIR",
      description = "Folder for the WAV files, made if missing; each is named after its file_name.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path out;

  @Option(names = "--stream", description = "Give the vocoder a few frames at a time.")
  private boolean stream;

  @Option(
      names = "--chunk-frames",
      paramLabel = "N",
      defaultValue = "8",
      description = "Frames a chunk of --stream. Default: ${DEFAULT-VALUE}.")
  private int chunkFrames;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModeArgument mode;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private SpeechArguments speech;

  @Option(
      names = "--compare",
      description =
          "With --json: add \"snr_db\", the signal-to-noise ratio against what --mode exact gives;"
              + " null where both are the same.")
  private boolean compare;

  /** Where durations come from. */
  enum DurationSource {
    GIVEN,
    PREDICTED
  }

  @Option(
      names = "--durations",
      paramLabel = "SOURCE",
      description =
          "given: as each line has them; predicted: by the vocoder. Default: given where a line has"
              + " them, else predicted.")
  private @Nullable DurationSource source;

  @Option(
      names = "--json",
      description = "One JSON line a file: {\"file_name\", \"output\", \"seconds\"}.")
  private boolean json;

  VocodeCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (chunkFrames < 1 || chunkFrames > LONGEST_CHUNK_FRAMES) {
      throw new ParameterException(
          spec.commandLine(),
          "--chunk-frames: " + chunkFrames + " (expected: 1 to " + LONGEST_CHUNK_FRAMES + ")");
    }
    if (compare && !json) {
      throw new ParameterException(
          spec.commandLine(), "--compare: given without --json (expected: both)");
    }
    VocoderFolder folder = model.vocoder(context.networks());
    ModelOptions options = model.options(Precision.FP16);
    try (UnitLines lines = UnitLines.open(file, context.terminal().in(), folder.unitCount())) {
      UnitLine line = lines.next(); // a bad first line is told before anything is loaded
      makeFolder();
      OutputNames names = new OutputNames(out);
      try (UnitVocoder vocoder = context.networks().vocoder(folder, options)) {
        if (mode.mode() == Mode.LOW_LATENCY && !vocoder.takesLookAhead()) {
          throw new ParameterException(
              spec.commandLine(),
              "--mode: low-latency (expected: exact; this vocoder cannot look less far ahead)");
        }
        Rendering rendering = speech.rendering(vocoder, mode);
        speech.note(vocoder, context.terminal());
        for (; line != null; line = lines.next()) {
          FrameRuns frames = frames(vocoder, line, lines);
          Path target = names.next(line.fileName());
          ObjectNode node = UnitLine.JSON.createObjectNode();
          node.put("file_name", line.fileName()).put("output", target.toString());
          vocode(vocoder, rendering, frames, target, node);
          context.terminal().result(json ? node.toString() : target.toString());
        }
      }
    }
    return 0;
  }

  private void makeFolder() {
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      String why = Files.exists(out) ? "is a file" : "cannot be made";
      throw new InputException(out + ": " + why + " (expected: a folder for the WAV files)", e);
    }
  }

  /** Writes one file and adds what is to be said of it. */
  private void vocode(
      UnitVocoder vocoder, Rendering rendering, FrameRuns frames, Path target, ObjectNode said)
      throws IOException {
    int chunk = stream ? chunkFrames : BLOCK_FRAMES;
    long samples = 0;
    SignalToNoise ratio = new SignalToNoise();
    try (WavWriter wav = WavWriter.create(target, vocoder.sampleRateHz());
        UnitVocoder.Stream spoken = vocoder.open(rendering);
        UnitVocoder.@Nullable Stream exact = compare ? vocoder.open(exactly(rendering)) : null;
        Progress progress = new Progress(context.terminal())) {
      int[] some;
      do {
        some = frames.next(chunk);
        boolean more = some.length > 0;
        float[] part = more ? spoken.push(some) : spoken.finish();
        wav.write(part, 0, part.length);
        samples += part.length;
        if (exact != null) {
          ratio.actual(part);
          ratio.reference(more ? exact.push(some) : exact.finish());
        }
        progress.show(target + ": " + samples / vocoder.sampleRateHz() + " s written");
      } while (some.length > 0);
      wav.commit();
    }
    said.put("seconds", (double) samples / vocoder.sampleRateHz());
    if (compare) {
      double decibels = ratio.decibels();
      said.put("snr_db", Double.isInfinite(decibels) ? null : (Double) decibels);
    }
  }

  private static Rendering exactly(Rendering rendering) {
    return new Rendering(rendering.speaker(), rendering.style(), Rendering.EXACT);
  }

  private FrameRuns frames(UnitVocoder vocoder, UnitLine line, UnitLines lines) {
    int[] durations = line.durations();
    if (durations == null && source == DurationSource.GIVEN) {
      throw lines.fault("durations: missing", "one a unit, or --durations predicted");
    }
    FrameRuns frames;
    if (durations == null || source == DurationSource.PREDICTED) {
      int[] units = line.deduplicated();
      frames = new FrameRuns(units, predicted(vocoder, units));
    } else {
      frames = new FrameRuns(line.units(), durations);
    }
    long limit = MAX_WAV_BYTES / Short.BYTES / vocoder.samplesPerFrame();
    if (frames.total() > limit) {
      throw lines.fault("durations: " + frames.total() + " frames", "at most " + limit);
    }
    return frames;
  }

  private static int[] predicted(UnitVocoder vocoder, int[] units) {
    try (UnitVocoder.Durations predicted = vocoder.openDurations()) {
      int[] first = predicted.push(units);
      return IntStream.concat(IntStream.of(first), IntStream.of(predicted.finish())).toArray();
    }
  }
}
