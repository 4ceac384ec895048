// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.cli.Logs;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.cli.ExecutionArguments;
import dev.continuo.model.cli.ModeArgument;
import dev.continuo.model.cli.PartArguments;
import dev.continuo.model.cli.SpeechArguments;
import dev.continuo.model.cli.StreamingArguments;
import dev.continuo.model.pipeline.Networks;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What {@code serve} can be told by options, by a configuration file and by {@code --set}.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class ServeOptions {
  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on; 0.0.0.0 for every one: there is no encryption and no password yet."
              + " Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "50051",
      description = "Port to listen on; 0 for a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description =
          "Port for /metrics, /healthz and /readyz; 0 for a free one, 'off' for none."
              + " Default: 8080, or none where that is taken.")
  private @Nullable String httpPort;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "What is logged to standard error: text or json. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Logs.Format logFormat;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description =
          "Least important of it: error, warn, info, debug or trace. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Level logLevel;

  @Option(
      names = "--bundle",
      paramLabel = "REF[,REF...]",
      defaultValue = BundleStore.DEFAULT,
      description =
          "Bundles to speak with, the first for clients that name none: 'default' (the embedded"
              + " one), folders, or 'echo' (no models, audio comes back as it is)."
              + " Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String bundle;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private PartArguments parts; // of the first bundle

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
  private ExecutionArguments execution;

  @Option(
      names = "--engine-threads",
      paramLabel = "N",
      description =
          "Threads that run the models: 2 for language models beside encoders and vocoders, or 1"
              + " for all. Default: 2 on a CPU, 1 elsewhere.")
  private @Nullable Integer engineThreads;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private LimitOptions limits;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "Write each step of the models and the sessions in it to a file that Perfetto opens."
              + " Default: none.")
  private @Nullable Path trace;

  @Option(
      names = "--grace-millis",
      paramLabel = "MS",
      defaultValue = "30000",
      description =
          "How long sessions may go on when the server is asked to end. Default: ${DEFAULT-VALUE}.")
  private int graceMillis;

  String host() {
    return host;
  }

  int port() {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    return port;
  }

  Logs.Format logFormat() {
    return logFormat;
  }

  Level logLevel() {
    return logLevel;
  }

  @Nullable Path trace() {
    return trace;
  }

  HttpPort httpPort() {
    return HttpPort.of(httpPort);
  }

  List<String> bundles() {
    return List.of(bundle.split(",", -1));
  }

  /** What replaces parts of the first bundle. */
  BundleOverrides overrides() {
    return parts.overrides();
  }

  /** The first bundle's networks, to run as the options say. */
  Networks networks(SpeechEncoder ears, UnitLanguageModel model, UnitVocoder voice) {
    return new Networks(
        ears, model, voice, streaming.sessionPolicy(ears, mode), speech.rendering(voice, mode));
  }

  ModelOptions model() {
    return execution.options(Precision.FP16);
  }

  /** Whether language models have a thread of their own. */
  boolean byLane() {
    boolean cpu = model().device().equals("cpu");
    int threads = engineThreads == null ? (cpu ? 2 : 1) : engineThreads;
    if (threads < 1 || threads > (cpu ? 2 : 1)) {
      String expected = cpu ? "1 or 2" : "1, one thread owns a device";
      throw new IllegalArgumentException(
          "engine-threads: " + threads + " (expected: " + expected + ")");
    }
    return threads == 2;
  }

  LimitOptions limits() {
    return limits;
  }

  int graceMillis() {
    if (graceMillis < 0) {
      throw new IllegalArgumentException("grace-millis: " + graceMillis + " (expected: >= 0)");
    }
    return graceMillis;
  }
}
