// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.AudioSource;
import dev.continuo.audio.ContinuedRecording;
import dev.continuo.cli.ContinueArguments;
import dev.continuo.cli.Progress;
import dev.continuo.cli.StandardStreams;
import dev.continuo.cli.Terminal;
import dev.continuo.client.ConversationClient;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.SessionConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ServerArguments server;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private SpeechArguments speech;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ContinueArguments arguments;

  ContinueCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    arguments.check();
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
    try (AudioSource audio =
            Codec.PCM16.rated(Recordings.open(arguments.in(), context.terminal()));
        ConversationClient client = server.connect()) {
      config.setInput(Codec.PCM16.input(audio.sampleRateHz()));
      long limit = Math.max(1, Math.round(arguments.promptSeconds() * audio.sampleRateHz()));
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
                new ContinuedRecording(
                    audio.sampleRateHz(), answer.rateHz(), arguments.withRecording()),
                Recordings.create(arguments.out(), answer.rateHz(), terminal),
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

  private void report(Answer answer) {
    Terminal terminal = context.terminal();
    Path out = arguments.out();
    if (arguments.json()) {
      terminal.result(
          AnswerJson.of(answer, server.server()).put("output", out.toString()).toString());
    } else if (!StandardStreams.isOne(out)) {
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
