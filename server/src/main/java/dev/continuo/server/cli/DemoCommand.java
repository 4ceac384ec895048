// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.audio.AudioFiles;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.engine.EngineObserver;
import dev.continuo.server.rpc.RpcServer;
import dev.continuo.server.session.Session;
import dev.continuo.server.session.SessionObserver;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: this process becomes a server on a free port, a second one talks to it as any
 * client would. <i>Serialised by the caller.</i>
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Starts a server and a client that speaks a prompt to it in real time; writes prompt and"
            + " continuation as WAV and shows where the time to the first audio went.")
final class DemoCommand implements Callable<Integer> {
  private static final String OUTPUT = "continuo-demo.wav";
  private static final String PROMPT = "/dev/continuo/model/bundle/prompts/heart-3.wav";
  private static final double LONGEST_SECONDS = 30;

  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

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
      description = "Recording to continue. Default: a bundled one.")
  private @Nullable Path prompt;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "6",
      description = "Length of the continuation in seconds, at most 30. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the draws. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--mute", description = "Do not play the sound.")
  private boolean mute;

  @Option(names = "--debug", description = "Show the stack trace of a failure.")
  @SuppressWarnings("UnusedVariable") // Failures looks for it among the arguments
  private boolean debug;

  DemoCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!(seconds > 0 && seconds <= LONGEST_SECONDS)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds: " + seconds + " (expected: more than 0, at most 30)");
    }
    Files.createDirectories(out);
    if (prompt != null) {
      AudioFiles.open(prompt).close(); // what is wrong with it is told before anything starts
      return serve(prompt);
    }
    Path folder = Files.createTempDirectory("continuo-demo-");
    Path bundled = folder.resolve("prompt.wav");
    try (InputStream in = DemoCommand.class.getResourceAsStream(PROMPT)) {
      if (in == null) {
        throw new IllegalStateException(PROMPT + ": no such resource");
      }
      Files.copy(in, bundled);
      return serve(bundled);
    } finally {
      Files.deleteIfExists(bundled);
      Files.delete(folder);
    }
  }

  private int serve(Path spoken) throws IOException, InterruptedException {
    ServeOptions options = new ServeOptions();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs();
    try (Models models =
        Models.load(options, context.home(), Ticker.system(), EngineObserver.NONE)) {
      Session.Surroundings around =
          new Session.Surroundings(
              models.bundles(),
              models.limits(),
              Ticker.system(),
              () -> seed,
              models.seats(),
              SessionObserver.NONE);
      InetSocketAddress address = new InetSocketAddress(options.host(), 0);
      try (RpcServer server = RpcServer.listen(address, around, new CompositeMeterRegistry())) {
        return talk(spoken, options.host() + ":" + server.port());
      }
    }
  }

  /** Runs the client, on this process's terminal, and returns its exit code. */
  private int talk(Path spoken, String server) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(context.launcher());
    command.addAll(List.of("talk", "--server", server, "--file", spoken.toString()));
    command.addAll(List.of("--out", out.resolve(OUTPUT).toString()));
    command.addAll(List.of("--seconds", String.format(Locale.ROOT, "%s", seconds)));
    command.addAll(List.of("--seed", Long.toString(seed)));
    if (!mute) {
      command.add("--play");
    }
    Process client = new ProcessBuilder(command).inheritIO().start();
    Thread watch = new Thread(() -> endWith(client), "demo-stop");
    watch.setDaemon(true);
    watch.start();
    try {
      return client.waitFor();
    } finally {
      client.destroy();
    }
  }

  private void endWith(Process client) {
    try {
      context.stop().await();
      client.destroy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
