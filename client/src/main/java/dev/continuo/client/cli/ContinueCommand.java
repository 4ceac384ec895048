// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.AudioSource;
import dev.continuo.audio.ContinuedRecording;
import dev.continuo.cli.Progress;
import dev.continuo.cli.Terminal;
import dev.continuo.client.ConversationClient;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.SessionConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code continue --server}: one recording continued by a server. <i>Serialised by the caller.</i>
 */
@Command(
    name = "continue",
    mixinStandardHelpOptions = true,
    description =
        "Continues the speech of a recording by a server, as fast as it goes; writes the recording"
            + " and what follows.")
final class ContinueCommand implements Callable<Integer> {
  private static final int PIECES_PER_SECOND = 10;

  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ServerArguments server;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private SpeechArguments speech;

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
      names = "--prompt-seconds",
      paramLabel = "S",
      description = "Take only the first seconds of the recording. Default: all of it.")
  private @Nullable Double promptSeconds;

  @Option(
      names = "--continuation-only",
      description = "Write the continuation without the recording.")
  private boolean continuationOnly;

  @Option(
      names = "--json",
      description =
          "Print the result as one JSON object. Times are the server's, which counts durations"
              + " within vocode.")
  private boolean json;

  ContinueCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    double prompt = promptSeconds == null ? Double.POSITIVE_INFINITY : promptSeconds;
    if (!(prompt > 0)) {
      throw wrong("--prompt-seconds: " + prompt + " (expected: more than 0)");
    }
    if (json && Recordings.piped(out)) {
      throw wrong("--json: standard output is taken by -o - (expected: a file for the audio)");
    }
    SessionConfig.Builder config =
        SessionConfig.newBuilder()
            .setOutput(Codec.PCM16.output())
            .setMaxContinuationMillis(speech.millis())
            .setSampling(speech.sampling())
            .setPacing(Pacing.PACING_NONE)
            .setInputAckIntervalMillis(0);
    if (server.bundle() != null) {
      config.setBundle(server.bundle());
    }
    try (AudioSource audio = Codec.PCM16.rated(Recordings.open(in, context.terminal()));
        ConversationClient client = server.connect()) {
      config.setInput(Codec.PCM16.input(audio.sampleRateHz()));
      long limit = Math.max(1, Math.round(prompt * audio.sampleRateHz()));
      try (Exchange exchange =
          new Exchange(client.converse(config.build()), server.server(), context.clock())) {
        run(audio, limit, exchange);
      }
    }
    return 0;
  }

  private void run(AudioSource audio, long limit, Exchange exchange)
      throws IOException, InterruptedException {
    Terminal terminal = context.terminal();
    Answer answer = exchange.answer();
    exchange.awaitStart();
    try (Sound sound =
            new Sound(
                new ContinuedRecording(audio.sampleRateHz(), answer.rateHz(), !continuationOnly),
                Recordings.create(out, answer.rateHz(), terminal),
                null,
                false);
        Progress progress = new Progress(terminal)) {
      send(audio, limit, exchange, sound, progress);
      boolean more;
      do {
        more = exchange.next(sound);
        progress.show(String.format(Locale.ROOT, "%.1f s continued", answer.seconds()));
      } while (more);
      sound.finish();
    }
    answer.oddities().forEach(terminal::note);
    report(answer);
  }

  private void send(
      AudioSource audio, long limit, Exchange exchange, Sound sound, Progress progress)
      throws IOException, InterruptedException {
    int rateHz = audio.sampleRateHz();
    float[] piece = new float[rateHz / PIECES_PER_SECOND];
    long sent = 0;
    while (sent < limit) {
      int read = audio.read(piece, 0, (int) Math.min(piece.length, limit - sent));
      if (read < 0) {
        break;
      }
      exchange.send(piece, read, sound);
      sound.prompt(piece, read);
      sent += read;
      progress.show(String.format(Locale.ROOT, "%.1f s sent", (double) sent / rateHz));
    }
    sound.endOfPrompt();
    exchange.commit();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void report(Answer answer) {
    Terminal terminal = context.terminal();
    if (json) {
      terminal.result(
          AnswerJson.of(answer, server.server()).put("output", out.toString()).toString());
    } else if (!Recordings.piped(out)) {
      terminal.result(
          String.format(
              Locale.ROOT,
              "%s: %.2f s continued (%d units, seed %d, real-time factor %.3f)",
              out,
              answer.seconds(),
              answer.units().size(),
              answer.started().getSampling().getSeed(),
              answer.trace().getRealTimeFactor()));
    }
  }
}
