// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.cli.Logs;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.engine.BatchTrace;
import dev.continuo.server.engine.EngineObserver;
import dev.continuo.server.rpc.RpcServer;
import dev.continuo.server.session.Session;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code serve}: the server, until it is asked to end. <i>Serialised by the caller.</i> */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Serves continuo.v1 over gRPC; prints one line when it is ready. SIGTERM lets sessions finish;"
            + " a second one does not.")
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
  private static final int SEED_BITS = 53; // exact in every JSON reader

  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // read through the parse result
  private ServeOptions given;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Properties file of options, as in 'port = 50051'; options go before it.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets one option by its name without dashes; goes before the file.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(names = "--debug", description = "Show the stack trace of a failure.")
  @SuppressWarnings("UnusedVariable") // Failures looks for it among the arguments
  private boolean debug;

  ServeCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Configuration configuration = new Configuration();
    if (config != null) {
      configuration.file(config);
    }
    set.forEach(configuration::set);
    configuration.options(spec.commandLine().getParseResult());
    ServeOptions options = configuration.resolve();
    Logs.configure(options.logLevel(), options.logFormat());
    int port = checked(options::port); // before anything is loaded
    int graceMillis = checked(options::graceMillis);
    HttpPort httpPort = checked(options::httpPort);
    InetSocketAddress address = address(options, port);
    try (Operations operations = checked(() -> Operations.open(options.host(), httpPort));
        BatchTrace trace = trace(options.trace());
        Models models = models(options, observer(operations, trace))) {
      models.show(operations.metrics());
      serve(address, graceMillis, models, operations);
    }
    return 0;
  }

  private @Nullable BatchTrace trace(@Nullable Path file) {
    try {
      return file == null ? null : BatchTrace.open(file);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "--trace: " + file + " (expected: a file that can be written)");
    }
  }

  private static EngineObserver observer(Operations operations, @Nullable BatchTrace trace) {
    EngineObserver metrics = operations.metrics().engine();
    return trace == null ? metrics : metrics.and(trace);
  }

  private <T> T checked(Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), dashed(e));
    }
  }

  private Models models(ServeOptions options, EngineObserver observer) throws InterruptedException {
    try {
      return Models.load(options, context.home(), Ticker.system(), observer);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), dashed(e));
    }
  }

  private void serve(
      InetSocketAddress address, int graceMillis, Models models, Operations operations)
      throws InterruptedException {
    SecureRandom random = new SecureRandom();
    Session.Surroundings around =
        new Session.Surroundings(
            models.bundles(),
            models.limits(),
            Ticker.system(),
            () -> random.nextLong() >>> (Long.SIZE - SEED_BITS),
            models.seats(),
            operations.sessions());
    try (RpcServer server = listen(address, around, operations)) {
      operations.ready(server);
      String names =
          models.bundles().all().stream()
              .map(b -> b.info().getName())
              .collect(Collectors.joining(", "));
      context
          .terminal()
          .result(
              "listening on %s:%d, bundle %s, at most %d sessions, %s"
                  .formatted(
                      address.getHostString(),
                      server.port(),
                      names,
                      models.limits().maxSessions(),
                      http(address, operations)));
      context.stop().await();
      LOG.info("asked to end; {} conversations are open", server.conversations());
      server.drain(graceMillis);
    }
  }

  private static String http(InetSocketAddress address, Operations operations) {
    OptionalInt port = operations.port();
    return port.isPresent()
        ? "http://" + address.getHostString() + ":" + port.getAsInt() + "/metrics"
        : "no HTTP";
  }

  private InetSocketAddress address(ServeOptions options, int port) {
    InetSocketAddress address = new InetSocketAddress(options.host(), port);
    if (address.isUnresolved()) {
      throw new ParameterException(
          spec.commandLine(),
          "--host: " + options.host() + " (expected: an address of this machine)");
    }
    return address;
  }

  private static RpcServer listen(
      InetSocketAddress address, Session.Surroundings around, Operations operations) {
    try {
      return RpcServer.listen(address, around, operations.metrics().registry());
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new PortException(
          "%s:%d: cannot be listened on: %s (expected: a free port; --port 0 takes any)"
              .formatted(address.getHostString(), address.getPort(), cause.getMessage()),
          e);
    }
  }

  private static String dashed(IllegalArgumentException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith("--") || message.startsWith("OTEL_") ? message : "--" + message;
  }
}
