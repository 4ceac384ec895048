// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.audio.WavWriter;
import dev.continuo.cli.ContinueArguments;
import dev.continuo.cli.Progress;
import dev.continuo.cli.StandardStreams;
import dev.continuo.cli.Terminal;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Rendering;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModeArgument mode;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private StreamingArguments streaming;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private SpeechArguments speech;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ContinueArguments arguments;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "6",
      description = "Length of the continuation in seconds. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  ContinueCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (!(seconds > 0) || Double.isInfinite(seconds)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds: " + seconds + " (expected: more than 0)");
    }
    arguments.check();
    Sampling how = sampling.sampling();
    streaming.check(true);
    RecordingContinuation job =
        new RecordingContinuation(
            seconds, arguments.promptSeconds(), arguments.withRecording(), how);
    Bundle bundle = model.open(context.networks());
    ModelOptions options = model.options(Precision.FP16);
    NetworkSource source = context.networks();
    source.check(bundle);
    Path in = arguments.in();
    Path out = arguments.out();
    try (AudioSource audio = open(in);
        SpeechEncoder encoder = source.encoder(bundle, options);
        UnitLanguageModel lm = source.languageModel(bundle, options);
        UnitVocoder vocoder = source.vocoder(bundle, options);
        WavWriter wav =
            StandardStreams.isOne(out)
                ? new WavWriter(context.terminal().binary(), vocoder.sampleRateHz())
                : WavWriter.create(out, vocoder.sampleRateHz());
        Progress progress = new Progress(context.terminal())) {
      long[] written = {0};
      Continuation result =
          job.run(
              networks(encoder, lm, vocoder),
              new Recording(audio, StandardStreams.inputName(in)),
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

  private Networks networks(SpeechEncoder encoder, UnitLanguageModel lm, UnitVocoder vocoder) {
    Rendering rendering = speech.rendering(vocoder, mode);
    speech.note(vocoder, context.terminal());
    return new Networks(encoder, lm, vocoder, streaming.sessionPolicy(encoder, mode), rendering);
  }

  private AudioSource open(Path in) throws IOException {
    return StandardStreams.isOne(in)
        ? AudioFiles.open(context.terminal().in(), StandardStreams.inputName(in))
        : AudioFiles.open(in);
  }

  private void report(Continuation result, int rateHz, long seed) {
    Terminal terminal = context.terminal();
    Path out = arguments.out();
    if (arguments.json()) {
      terminal.result(
          ContinuationJson.of(result, rateHz, seed).put("output", out.toString()).toString());
    } else if (!StandardStreams.isOne(out)) {
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
