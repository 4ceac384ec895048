// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.cli.Failures;
import dev.continuo.client.ConversationClient;
import dev.continuo.client.ConversationClientBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Options that say which server, and which of its bundles.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class ServerArguments {
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\s:/\\[\\]]+):([0-9]{1,5})");
  private static final int MAX_PORT = 65_535;

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      defaultValue = "localhost:50051",
      description = "The server. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String server;

  @Option(names = "--tls", description = "Encrypt, and trust what Java trusts.")
  private boolean tls;

  @Option(
      names = "--tls-trust",
      paramLabel = "PEM",
      description = "Encrypt, and trust the certificates of this file only.")
  private @Nullable Path trust;

  @Option(
      names = "--bundle",
      paramLabel = "NAME",
      description = "Bundle of the server's to speak with. Default: the server's first.")
  private @Nullable String bundle;

  @Option(names = Failures.DEBUG, description = "Show the stack trace of a failure.")
  @SuppressWarnings("UnusedVariable") // Failures looks for it among the arguments
  private boolean debug;

  /** HOST:PORT. */
  String server() {
    return server;
  }

  /** The bundle asked for, or null. */
  @Nullable String bundle() {
    return bundle;
  }

  /**
   * A client of the server; it connects at its first call.
   *
   * @throws IOException if the certificates cannot be read
   */
  ConversationClient connect() throws IOException {
    Matcher address = ADDRESS.matcher(server);
    if (!address.matches() || port(address.group(2)) < 1 || port(address.group(2)) > MAX_PORT) {
      throw new ParameterException(
          spec.commandLine(), "--server: " + server + " (expected: HOST:PORT)");
    }
    ConversationClientBuilder builder = ConversationClient.builder(server);
    if (trust != null) {
      trusting(builder, trust);
    } else if (tls) {
      builder.tls();
    }
    return builder.build();
  }

  private static void trusting(ConversationClientBuilder builder, Path file) throws IOException {
    try {
      builder.tls(file);
    } catch (IllegalArgumentException e) {
      throw new InputException(file + ": no certificates (expected: a PEM file)", e);
    }
  }

  private static int port(String digits) {
    return Integer.parseInt(digits);
  }
}
