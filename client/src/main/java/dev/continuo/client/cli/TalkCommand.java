// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.ContinuedRecording;
import dev.continuo.cli.Playback;
import dev.continuo.cli.StandardStreams;
import dev.continuo.cli.Terminal;
import dev.continuo.client.ConversationClient;
import dev.continuo.v1.SessionConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code talk}: speech in real time, and the answer to it. <i>Serialised by the caller.</i> */
@Command(
    name = "talk",
    mixinStandardHelpOptions = true,
    description =
        "Speaks to a server from a microphone, or from a file in real time, and shows where the"
            + " time to the first audio of its answer went.")
final class TalkCommand implements Callable<Integer> {
  private static final int MICROPHONE_HZ = 16_000;
  private static final long HEAR_OUT_MILLIS = 1000;

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

  @Option(
      names = "--mic",
      description = "Speak from a microphone, until Enter or a silence. Default without --file.")
  private boolean mic;

  @Option(
      names = "--file",
      paramLabel = "IN",
      description = "Speak from WAV, FLAC or Ogg Opus in real time; - for standard input.")
  private @Nullable Path file;

  @Option(names = "--play", description = "Play the sound, where there is a loudspeaker.")
  private boolean play;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "Microphone to use, by its name or a part of it. Default: the first.")
  private @Nullable String device;

  @Option(names = "--list-devices", description = "Print the names of the microphones.")
  private boolean listDevices;

  @Option(
      names = "--end-silence",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "Seconds of silence after speech that end what a microphone hears; 0: only Enter does."
              + " Default: ${DEFAULT-VALUE}.")
  private double endSilence;

  @Option(
      names = "--codec",
      paramLabel = "pcm16|opus",
      defaultValue = "pcm16",
      description = "How audio travels, both ways. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Codec codec;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT.wav",
      description = "WAV to write what was said and the answer to; - for standard output.")
  private @Nullable Path out;

  @Option(
      names = "--json",
      description =
          "Print the result as one JSON object. Times are the server's, which counts durations"
              + " within vocode.")
  private boolean json;

  TalkCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (listDevices) {
      List<String> names = context.microphones().names();
      names.forEach(context.terminal()::result);
      if (names.isEmpty()) {
        context.terminal().note("no microphone here");
      }
      return 0;
    }
    check();
    SessionConfig.Builder config =
        SessionConfig.newBuilder()
            .setOutput(codec.output())
            .setMaxContinuationMillis(speech.millis())
            .setSampling(speech.sampling());
    if (server.bundle() != null) {
      config.setBundle(server.bundle());
    }
    try (Prompt prompt = open();
        ConversationClient client = server.connect()) {
      config.setInput(codec.input(prompt.rateHz()));
      try (Exchange exchange =
          new Exchange(client.converse(config.build()), server.server(), context.clock())) {
        talk(prompt, exchange);
      }
    }
    return 0;
  }

  private void check() {
    if (mic && file != null) {
      throw wrong("--mic: given with --file (expected: one of them)");
    }
    if (device != null && file != null) {
      throw wrong("--device: given with --file (expected: a microphone's name without --file)");
    }
    if (!(endSilence >= 0) || Double.isInfinite(endSilence)) {
      throw wrong("--end-silence: " + endSilence + " (expected: 0 or more)");
    }
    if (json && out != null && StandardStreams.isOne(out)) {
      throw wrong("--json: standard output is taken by -o - (expected: a file for the audio)");
    }
  }

  private Prompt open() throws IOException {
    if (file != null) {
      return new FilePrompt(
          StandardStreams.inputName(file),
          codec.rated(Recordings.open(file, context.terminal())),
          context.clock());
    }
    List<String> names = context.microphones().names();
    if (names.isEmpty()) {
      throw new InputException("no microphone here (expected: one, or --file for a recording)");
    }
    try {
      return new MicrophonePrompt(
          context.microphones().open(device, MICROPHONE_HZ),
          MICROPHONE_HZ,
          context.terminal().in(),
          new EndOfSpeech(endSilence, MICROPHONE_HZ),
          context.clock());
    } catch (IllegalArgumentException e) {
      String known = String.join(", ", names);
      throw new ParameterException(
          spec.commandLine(), "--device: " + device + " (expected: one of " + known + ")", e);
    }
  }

  private void talk(Prompt prompt, Exchange exchange) throws IOException, InterruptedException {
    Terminal terminal = context.terminal();
    Answer answer = exchange.answer();
    exchange.awaitStart();
    int outputHz = answer.rateHz();
    terminal.note(
        prompt.name()
            + ": in real time to "
            + answer.started().getBundle().getName()
            + " at "
            + server.server()
            + ", seed "
            + answer.started().getSampling().getSeed()
            + (file == null ? "; speak, Enter or silence ends it" : ""));
    ContinuedRecording whole = new ContinuedRecording(prompt.rateHz(), outputHz, true);
    try (Sound sound =
        new Sound(
            whole,
            out == null ? null : Recordings.create(out, outputHz, terminal),
            play ? Playback.start(outputHz) : null,
            file != null)) {
      long sent = speak(prompt, exchange, sound);
      boolean more;
      do {
        more = exchange.next(sound);
      } while (more);
      sound.finish();
      answer.oddities().forEach(terminal::note);
      Timing timing =
          new Timing(prompt.spokenNanos(), exchange.commitNanos(), answer.firstAudioNanos());
      report(answer, timing, (double) sent / prompt.rateHz());
      sound.await(Math.round(answer.seconds() * 1000) + HEAR_OUT_MILLIS);
    }
  }

  private long speak(Prompt prompt, Exchange exchange, Sound sound)
      throws IOException, InterruptedException {
    float[] packet = new float[prompt.rateHz() / Prompt.PACKETS_PER_SECOND];
    long sent = 0;
    try (InputProgress progress = new InputProgress(context.terminal(), prompt.rateHz())) {
      for (int n = prompt.read(packet); n >= 0; n = prompt.read(packet)) {
        exchange.send(packet, n, sound);
        sound.prompt(packet, n);
        sent += n;
        progress.show(sent, exchange.answer());
      }
      exchange.commit();
    }
    sound.endOfPrompt();
    return sent;
  }

  private void report(Answer answer, Timing timing, double promptSeconds) {
    Terminal terminal = context.terminal();
    if (json) {
      terminal.result(
          AnswerJson.of(answer, server.server(), timing)
              .put("prompt_seconds", promptSeconds)
              .put("output", out == null ? null : out.toString())
              .toString());
      return;
    }
    if (out != null && StandardStreams.isOne(out)) {
      return;
    }
    if (timing.isAnswer()) {
      terminal.result("from the prompt's end to the first audio:");
      terminal.result(timing.waterfall(answer.trace()).render("first audio").stripTrailing());
    }
    terminal.result(
        String.format(
            Locale.ROOT,
            "continued %.2f s with %d units, real-time factor %.3f",
            answer.seconds(),
            answer.units().size(),
            answer.trace().getRealTimeFactor()));
    if (out != null) {
      terminal.result("prompt and continuation: " + out);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
