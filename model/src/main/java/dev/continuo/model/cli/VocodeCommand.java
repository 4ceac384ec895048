// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.audio.WavWriter;
import dev.continuo.model.InputException;
import dev.continuo.model.Precision;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

/** {@code vocode}: units to audio. <i>Serialised by the caller.</i> */
@Command(
    name = "vocode",
    mixinStandardHelpOptions = true,
    description = "Turns lines of units into WAV files, one a line.")
final class VocodeCommand implements Callable<Integer> {
  /** Frames vocoded at once where nothing else is asked for. */
  private static final int BLOCK_FRAMES = 1024;

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
    if (chunkFrames < 1) {
      throw new ParameterException(
          spec.commandLine(), "--chunk-frames: " + chunkFrames + " (expected: 1 or more)");
    }
    Bundle bundle = model.open(context.networks());
    List<UnitLine> lines = UnitLines.read(file, context.terminal().in(), bundle.unitCount());
    for (int i = 0; i < lines.size(); i++) {
      if (source == DurationSource.GIVEN && lines.get(i).durations() == null) {
        throw new InputException(
            file
                + ": line "
                + (i + 1)
                + " has no durations (expected: some, or --durations predicted)");
      }
    }
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new InputException(out + ": is a file (expected: a folder for the WAV files)");
    }
    Files.createDirectories(out);
    Set<String> names = new HashSet<>();
    try (UnitVocoder vocoder = context.networks().vocoder(bundle, model.options(Precision.FP16))) {
      for (UnitLine line : lines) {
        Path target = out.resolve(name(line.fileName(), names));
        long samples = vocode(vocoder, line, target);
        double seconds = (double) samples / vocoder.sampleRateHz();
        if (json) {
          context
              .terminal()
              .result(
                  UnitLine.JSON
                      .createObjectNode()
                      .put("file_name", line.fileName())
                      .put("output", target.toString())
                      .put("seconds", seconds)
                      .toString());
        } else {
          context.terminal().result(target.toString());
        }
      }
    }
    return 0;
  }

  /** A name in the output folder: the last part of {@code fileName}, numbered where it clashes. */
  private static String name(String fileName, Set<String> taken) {
    String last =
        fileName.substring(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
    int dot = last.lastIndexOf('.');
    String stem =
        (dot > 0 ? last.substring(0, dot) : last).replaceAll("[\\x00-\\x1f:*?\"<>|]", "_");
    String base = stem.isEmpty() || stem.matches("\\.+") ? "units" : stem;
    String name = base;
    for (int n = 1; !taken.add(name); n++) {
      name = base + "-" + n;
    }
    return name + ".wav";
  }

  private long vocode(UnitVocoder vocoder, UnitLine line, Path target) throws IOException {
    int[] frames = frames(vocoder, line);
    int chunk = stream ? chunkFrames : BLOCK_FRAMES;
    long samples = 0;
    try (WavWriter wav = WavWriter.create(target, vocoder.sampleRateHz());
        UnitVocoder.Stream speech = vocoder.open();
        Progress progress = new Progress(context.terminal())) {
      for (int at = 0; at < frames.length; at += chunk) {
        float[] some =
            speech.push(Arrays.copyOfRange(frames, at, Math.min(frames.length, at + chunk)));
        wav.write(some, 0, some.length);
        samples += some.length;
        progress.show(target + ": " + at + " of " + frames.length + " frames");
      }
      float[] rest = speech.finish();
      wav.write(rest, 0, rest.length);
      wav.commit();
      return samples + rest.length;
    }
  }

  private int[] frames(UnitVocoder vocoder, UnitLine line) {
    int[] units = line.units();
    int[] durations = line.durations();
    if (durations == null || source == DurationSource.PREDICTED) {
      units = line.deduplicated();
      try (UnitVocoder.Durations predicted = vocoder.openDurations()) {
        durations =
            IntStream.concat(IntStream.of(predicted.push(units)), IntStream.of(predicted.finish()))
                .toArray();
      }
    }
    long total = IntStream.of(durations).asLongStream().sum();
    if (total > Integer.MAX_VALUE / 2) {
      throw new InputException(file + ": " + total + " frames in one line are too many");
    }
    int[] frames = new int[(int) total];
    int at = 0;
    for (int i = 0; i < units.length; i++) {
      Arrays.fill(frames, at, at + durations[i], units[i]);
      at += durations[i];
    }
    return frames;
  }
}
