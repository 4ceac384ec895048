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
import dev.continuo.model.cli.ModeArgument;
import dev.continuo.model.cli.SpeechArguments;
import dev.continuo.model.cli.StreamingArguments;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.server.session.ServerLimits;
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
  private static final long DEFAULT_KV_MEMORY_MB = 208;
  private static final int MOST_WAITING = 10_000;

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

  @Option(
      names = "--lm",
      paramLabel = "DIR",
      description = "Folder of a language model, for the first bundle. Default: the bundle's.")
  private @Nullable Path lm;

  @Option(
      names = "--encoder",
      paramLabel = "DIR",
      description = "Folder of an encoder, for the first bundle. Default: the bundle's.")
  private @Nullable Path encoder;

  @Option(
      names = "--kmeans",
      paramLabel = "FILE",
      description = "Centroids of the encoder's units, for the first bundle. Default: its own.")
  private @Nullable Path kmeans;

  @Option(
      names = "--layer",
      paramLabel = "N",
      description =
          "Output layer of an encoder that has several, from 1. Default: the one its configuration"
              + " or the bundle names.")
  private @Nullable Integer layer;

  @Option(
      names = "--vocoder",
      paramLabel = "DIR",
      description = "Folder of a vocoder, for the first bundle. Default: the bundle's.")
  private @Nullable Path vocoder;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModeArgument mode;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private StreamingArguments streaming;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private SpeechArguments speech;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu, cuda or cuda:N. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp16",
      description = "Arithmetic of the large matrices: f32 or fp16. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Precision precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Torch threads. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--max-sessions",
      paramLabel = "N",
      description = "Most sessions at a time. Default: as many as --kv-memory-mb has room for.")
  private @Nullable Integer maxSessions;

  @Option(
      names = "--max-waiting",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Sessions that may wait for room beside those that have it, first come first served."
              + " Default: ${DEFAULT-VALUE}, nobody waits.")
  private int maxWaiting;

  @Option(
      names = "--max-wait-millis",
      paramLabel = "MS",
      defaultValue = "2000",
      description = "How long one of them waits at most, in ms. Default: ${DEFAULT-VALUE}.")
  private int maxWaitMillis;

  @Option(
      names = "--step-aside-millis",
      paramLabel = "MS",
      defaultValue = "2000",
      description =
          "Silence of a client before its commit after which its room may go to a session that"
              + " finds none, in ms; it is first in line when it goes on, for --max-wait-millis."
              + " Default: ${DEFAULT-VALUE}.")
  private int stepAsideMillis;

  @Option(
      names = "--kv-memory-mb",
      paramLabel = "MB",
      description =
          "Memory for the language model's context of all sessions, in MiB: what the default of"
              + " --max-sessions is taken from. Default: 208, or one session's where that is more.")
  private @Nullable Integer kvMemoryMb;

  @Option(
      names = "--max-prompt-millis",
      paramLabel = "MS",
      defaultValue = "30000",
      description = "Longest prompt in ms of audio. Default: ${DEFAULT-VALUE}.")
  private int maxPromptMillis;

  @Option(
      names = "--max-continuation-millis",
      paramLabel = "MS",
      defaultValue = "20000",
      description = "Longest continuation in ms of audio. Default: ${DEFAULT-VALUE}.")
  private int maxContinuationMillis;

  @Option(
      names = "--max-idle-millis",
      paramLabel = "MS",
      defaultValue = "30000",
      description =
          "Longest silence of a client before its commit, in ms. Default: ${DEFAULT-VALUE}.")
  private int maxIdleMillis;

  @Option(
      names = "--max-session-millis",
      paramLabel = "MS",
      defaultValue = "600000",
      description = "Longest session in ms. Default: ${DEFAULT-VALUE}.")
  private int maxSessionMillis;

  @Option(
      names = "--max-message-bytes",
      paramLabel = "BYTES",
      defaultValue = "262144",
      description = "Largest message taken. Default: ${DEFAULT-VALUE}.")
  private int maxMessageBytes;

  @Option(
      names = "--slow-consumer-millis",
      paramLabel = "MS",
      defaultValue = "10000",
      description =
          "How long output waits for a client that does not read. Default: ${DEFAULT-VALUE}.")
  private int slowConsumerMillis;

  @Option(
      names = "--input-buffer-millis",
      paramLabel = "MS",
      defaultValue = "2000",
      description =
          "Audio taken from a client before the models have caught up. Default: ${DEFAULT-VALUE}.")
  private int inputBufferMillis;

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
    return new BundleOverrides(encoder, kmeans, lm, vocoder, layer);
  }

  /** The first bundle's networks, to run as the options say. */
  Networks networks(SpeechEncoder ears, UnitLanguageModel model, UnitVocoder voice) {
    return new Networks(
        ears, model, voice, streaming.sessionPolicy(ears, mode), speech.rendering(voice, mode));
  }

  ModelOptions model() {
    return new ModelOptions(device, precision, threads);
  }

  @Nullable Integer maxSessions() {
    return maxSessions;
  }

  int maxWaiting() {
    if (maxWaiting < 0 || maxWaiting > MOST_WAITING) {
      throw new IllegalArgumentException(
          "max-waiting: " + maxWaiting + " (expected: 0 to " + MOST_WAITING + ")");
    }
    return maxWaiting;
  }

  /**
   * Memory for contexts.
   *
   * @param oneSession bytes that one session takes
   */
  long kvBytes(long oneSession) {
    if (kvMemoryMb == null) {
      return Math.max(DEFAULT_KV_MEMORY_MB << 20, oneSession);
    }
    if (kvMemoryMb < 1) {
      throw new IllegalArgumentException("kv-memory-mb: " + kvMemoryMb + " (expected: >= 1)");
    }
    return (long) kvMemoryMb << 20;
  }

  int graceMillis() {
    if (graceMillis < 0) {
      throw new IllegalArgumentException("grace-millis: " + graceMillis + " (expected: >= 0)");
    }
    return graceMillis;
  }

  ServerLimits limits(int sessions) {
    return new ServerLimits(
        maxMessageBytes,
        maxPromptMillis,
        maxContinuationMillis,
        maxIdleMillis,
        maxSessionMillis,
        sessions,
        slowConsumerMillis,
        inputBufferMillis,
        maxWaitMillis,
        stepAsideMillis);
  }
}
