// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.audio.CrossFade;
import dev.continuo.audio.Resampler;
import dev.continuo.audio.WavWriter;
import dev.continuo.cli.Playback;
import dev.continuo.cli.Terminal;
import dev.continuo.cli.Waterfall;
import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.pipeline.LiveContinuation;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Prompt;
import dev.continuo.model.pipeline.Stage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: a spoken prompt plays in real time and is continued while it arrives.
 *
 * <p>The networks load on a thread of their own while the prompt plays, as a microphone would not
 * wait either. <i>Serialised by the caller.</i>
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Plays a spoken prompt in real time, continues it while it arrives, writes both as WAV and"
            + " shows where the time to the first audio went.")
final class DemoCommand implements Callable<Integer> {
  private static final String OUTPUT = "continuo-demo.wav";
  private static final String PROMPT = "/dev/continuo/model/bundle/prompts/heart-3.wav";
  private static final int LONGEST_PROMPT_SECONDS = 60;
  private static final long SEED = 1;

  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModelArguments model;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Folder for " + OUTPUT + ". Default: the current one.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path out;

  @Option(
      names = "--prompt",
      paramLabel = "WAV",
      description =
          "Recording to continue, at most "
              + LONGEST_PROMPT_SECONDS
              + " s. Default: a bundled one.")
  private @Nullable Path prompt;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "6",
      description = "Length of the continuation in seconds. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "" + SEED,
      description = "Seed of the draws. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--mute", description = "Do not play the sound.")
  private boolean mute;

  DemoCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!(seconds > 0) || Double.isInfinite(seconds)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds: " + seconds + " (expected: more than 0)");
    }
    Files.createDirectories(out);
    Path target = out.resolve(OUTPUT);
    try (AudioSource audio = open()) {
      float[] recording = read(audio);
      run(target, audio.sampleRateHz(), recording);
    }
    return 0;
  }

  private void run(Path target, int rateHz, float[] recording)
      throws IOException, InterruptedException {
    String name = prompt == null ? "the bundled prompt" : prompt.toString();
    Terminal terminal = context.terminal();
    Bundle bundle = model.open(context.networks());
    ModelOptions options = model.options(Precision.FP16);
    int outputHz = bundle.vocoderSampleRateHz();
    FutureTask<Networks> loading = new FutureTask<>(() -> load(bundle, options));
    Thread loader = new Thread(loading, "loader");
    loader.setDaemon(true);
    try (WavWriter wav = WavWriter.create(target, outputHz);
        Playback playback = mute ? Playback.start(Silence::new) : Playback.start(outputHz)) {
      float[] heard = resampled(recording, rateHz, outputHz);
      CrossFade join = CrossFade.tenMillis(outputHz);
      loader.start();
      terminal.note(
          String.format(
              Locale.ROOT,
              "%s: %.2f s of speech, streamed in real time to %s",
              name,
              (double) recording.length / rateHz,
              bundle.name()));
      write(wav, join.first(heard));
      playback.play(heard);
      LiveContinuation live =
          new LiveContinuation(
              new Prompt(name, rateHz, recording.length),
              seconds,
              Sampling.defaults(seed),
              new SystemClock());
      DemoListener listener =
          new DemoListener(
              terminal,
              rateHz,
              samples -> {
                playback.play(samples);
                write(wav, join.second(samples));
              });
      LiveContinuation.Outcome outcome = live.run(loading, recording, listener);
      listener.clear();
      write(wav, join.finish());
      wav.commit();
      report(target, outcome, outputHz);
      long rest = Math.round((recording.length / (double) rateHz + seconds) * 1000);
      playback.await(rest);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } finally {
      close(loading);
    }
  }

  private Networks load(Bundle bundle, ModelOptions options) {
    NetworkSource source = context.networks();
    SpeechEncoder encoder = source.encoder(bundle, options);
    UnitLanguageModel lm = source.languageModel(bundle, options);
    return new Networks(encoder, lm, source.vocoder(bundle, options));
  }

  private static void close(FutureTask<Networks> loading) {
    if (loading.isDone() && !loading.isCancelled()) {
      try {
        Networks networks = loading.get();
        networks.vocoder().close();
        networks.languageModel().close();
        networks.encoder().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        // reported where it was waited for
      }
    }
  }

  private AudioSource open() throws IOException {
    if (prompt != null) {
      return AudioFiles.open(prompt);
    }
    InputStream in = DemoCommand.class.getResourceAsStream(PROMPT);
    if (in == null) {
      throw new IllegalStateException(PROMPT + ": no such resource");
    }
    return AudioFiles.open(in, "the bundled prompt");
  }

  private float[] read(AudioSource audio) throws IOException {
    float[] samples = new float[LONGEST_PROMPT_SECONDS * audio.sampleRateHz() + 1];
    int filled = 0;
    while (filled < samples.length) {
      int n = audio.read(samples, filled, samples.length - filled);
      if (n < 0) {
        return Arrays.copyOf(samples, filled);
      }
      filled += n;
    }
    throw new InputException(
        prompt + ": longer than " + LONGEST_PROMPT_SECONDS + " s (expected: a shorter prompt)");
  }

  private static float[] resampled(float[] samples, int fromHz, int toHz) {
    Resampler resampler = new Resampler(fromHz, toHz);
    float[] most = resampler.process(samples, 0, samples.length);
    float[] rest = resampler.finish();
    float[] all = Arrays.copyOf(most, most.length + rest.length);
    System.arraycopy(rest, 0, all, most.length, rest.length);
    return all;
  }

  private static void write(WavWriter wav, float[] samples) throws IOException {
    wav.write(samples, 0, samples.length);
  }

  private void report(Path target, LiveContinuation.Outcome outcome, int rateHz) {
    Terminal terminal = context.terminal();
    Waterfall waterfall = new Waterfall();
    waterfall.add("load", outcome.loadingNanos());
    waterfall.add("catch up", outcome.catchUpNanos());
    for (Stage stage : Stage.values()) {
      waterfall.add(
          stage.name().toLowerCase(Locale.ROOT), outcome.continuation().firstAudio().of(stage));
    }
    terminal.result("from the prompt's end to the first audio:");
    terminal.result(waterfall.render("first audio").stripTrailing());
    double length = (double) outcome.continuation().samples() / rateHz;
    terminal.result(
        String.format(
            Locale.ROOT,
            "continued %.2f s with %d units, real-time factor %.3f",
            length,
            outcome.continuation().units().size(),
            outcome.continuation().times().computeNanos() / (length * 1e9)));
    terminal.result("prompt and continuation: " + target);
  }

  /** Nothing to hear. <i>Immutable.</i> */
  private static final class Silence implements Playback.Device {
    @Override
    public void play(byte[] pcm16) {}

    @Override
    public void finish() {}
  }
}
