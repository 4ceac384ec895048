// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.audio.WavWriter;
import dev.continuo.cli.Progress;
import dev.continuo.cli.Terminal;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.pipeline.Continuation;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Prompt;
import dev.continuo.model.pipeline.RecordingContinuation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code continue}: one recording continued, offline. <i>Serialised by the caller.</i> */
@Command(
    name = "continue",
    mixinStandardHelpOptions = true,
    description = "Continues the speech of a recording; writes the recording and what follows.")
final class ContinueCommand implements Callable<Integer> {
  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModelArguments model;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private SamplingArguments sampling;

  @Parameters(paramLabel = "IN", description = "WAV, FLAC or Ogg Opus; - for standard input.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path in;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "OUT.wav",
      description = "WAV (PCM16, the vocoder's rate) to write; - for standard output.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path out;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "6",
      description = "Length of the continuation in seconds. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--prompt-seconds",
      paramLabel = "S",
      description = "Take only the first seconds of the recording. Default: all of it.")
  private @Nullable Double promptSeconds;

  @Option(
      names = "--continuation-only",
      description = "Write the continuation without the recording.")
  private boolean continuationOnly;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  ContinueCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    double prompt = promptSeconds == null ? Double.POSITIVE_INFINITY : promptSeconds;
    if (!(seconds > 0) || Double.isInfinite(seconds)) {
      throw wrong("--seconds: " + seconds + " (expected: more than 0)");
    }
    if (!(prompt > 0)) {
      throw wrong("--prompt-seconds: " + prompt + " (expected: more than 0)");
    }
    if (json && piped(out)) {
      throw wrong("--json: standard output is taken by -o - (expected: a file for the audio)");
    }
    Sampling how = sampling.sampling();
    RecordingContinuation job = new RecordingContinuation(seconds, prompt, !continuationOnly, how);
    Bundle bundle = model.open(context.networks());
    ModelOptions options = model.options(Precision.FP16);
    NetworkSource source = context.networks();
    try (AudioSource audio = open();
        SpeechEncoder encoder = source.encoder(bundle, options);
        UnitLanguageModel lm = source.languageModel(bundle, options);
        UnitVocoder vocoder = source.vocoder(bundle, options);
        WavWriter wav =
            piped(out)
                ? new WavWriter(context.terminal().binary(), vocoder.sampleRateHz())
                : WavWriter.create(out, vocoder.sampleRateHz());
        Progress progress = new Progress(context.terminal())) {
      long[] written = {0};
      Continuation result =
          job.run(
              new Networks(encoder, lm, vocoder),
              new Recording(audio, piped(in) ? "standard input" : in.toString()),
              samples -> {
                wav.write(samples, 0, samples.length);
                written[0] += samples.length;
                progress.show(written[0] / vocoder.sampleRateHz() + " s written");
              },
              System::nanoTime);
      wav.commit();
      progress.clear();
      report(result, vocoder.sampleRateHz(), how.seed());
    }
    return 0;
  }

  private AudioSource open() throws IOException {
    return piped(in)
        ? AudioFiles.open(context.terminal().in(), "standard input")
        : AudioFiles.open(in);
  }

  private static boolean piped(Path path) {
    return path.toString().equals("-");
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void report(Continuation result, int rateHz, long seed) {
    Terminal terminal = context.terminal();
    if (json) {
      terminal.result(
          ContinuationJson.of(result, rateHz, seed).put("output", out.toString()).toString());
    } else if (!piped(out)) {
      double length = (double) result.samples() / rateHz;
      terminal.result(
          String.format(
              java.util.Locale.ROOT,
              "%s: %.2f s continued (%d units, seed %d, real-time factor %.3f)",
              out,
              length,
              result.units().size(),
              seed,
              result.times().computeNanos() / (length * 1e9)));
    }
  }

  /** A recording as the pipeline reads it. <i>Serialised by the caller.</i> */
  private record Recording(AudioSource audio, String name) implements RecordingContinuation.Source {
    @Override
    public int rateHz() {
      return audio.sampleRateHz();
    }

    @Override
    public long samples() {
      return Prompt.UNKNOWN;
    }

    @Override
    public int read(float[] buffer) throws IOException {
      return audio.read(buffer, 0, buffer.length);
    }
  }
}
