// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.tracing;

import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.SessionObserver;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Spans on their way to a collector, by OpenTelemetry's {@code OTEL_*} variables.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Tracing implements AutoCloseable {
  private static final int CLOSE_SECONDS = 5;
  private static final String NONE = "none";

  private final OpenTelemetrySdk sdk;
  private final SessionObserver sessions;

  private Tracing(OpenTelemetrySdk sdk, Ticker ticker) {
    this.sdk = sdk;
    this.sessions = SessionSpans.of(sdk, ticker);
  }

  /**
   * What an environment asks for: nothing, unless it names an exporter or an OTLP endpoint.
   *
   * @throws IllegalArgumentException saying what is wrong with the variables
   */
  public static Optional<Tracing> of(Map<String, String> environment, Ticker ticker) {
    if (!isAskedFor(environment)) {
      return Optional.empty();
    }
    try {
      OpenTelemetrySdk sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(
                  () ->
                      Map.of(
                          "otel.service.name",
                          "continuo",
                          "otel.exporter.otlp.protocol",
                          "http/protobuf"))
              // metrics are Prometheus's, logs go to standard error
              .addPropertiesCustomizer(
                  given -> Map.of("otel.metrics.exporter", NONE, "otel.logs.exporter", NONE))
              .build()
              .getOpenTelemetrySdk();
      return Optional.of(new Tracing(sdk, ticker));
    } catch (ConfigurationException | IllegalStateException e) {
      throw new IllegalArgumentException(
          "OTEL_*: " + e.getMessage() + " (expected: OpenTelemetry's variables, OTLP over HTTP)",
          e);
    }
  }

  private static boolean isAskedFor(Map<String, String> environment) {
    if (Boolean.parseBoolean(environment.get("OTEL_SDK_DISABLED"))) {
      return false;
    }
    String exporter = environment.get("OTEL_TRACES_EXPORTER");
    if (exporter != null && !exporter.isBlank()) {
      return !exporter.equals(NONE);
    }
    return environment.containsKey("OTEL_EXPORTER_OTLP_ENDPOINT")
        || environment.containsKey("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  }

  /** Makes the spans. */
  public SessionObserver sessions() {
    return sessions;
  }

  /** Sends what is not sent yet, for a while. Idempotent. */
  @Override
  public void close() {
    sdk.getSdkTracerProvider().shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
