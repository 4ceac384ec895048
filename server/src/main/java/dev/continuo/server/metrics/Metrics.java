// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.metrics;

import dev.continuo.server.engine.EngineObserver;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.SessionObserver;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;

/**
 * All metrics of one server.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Metrics implements AutoCloseable {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbage = new JvmGcMetrics();
  private final EngineMetrics engine;
  private final SessionMetrics sessions;

  /** Metrics of a server that is about to start, and of its process. */
  public Metrics() {
    Meters meters = new Meters(registry);
    this.engine = new EngineMetrics(meters);
    this.sessions = new SessionMetrics(meters);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbage.bindTo(registry);
    ResidentMemory.bind(registry);
  }

  /** Measures an engine. */
  public EngineObserver engine() {
    return engine;
  }

  /** Measures sessions. */
  public SessionObserver sessions() {
    return sessions;
  }

  /** Where others register what they measure. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Shows how many seats there are and how many are taken. */
  public void seats(Seats seats) {
    gauge("continuo.sessions.max", "Most sessions at a time", seats, Seats::count);
    gauge("continuo.seats.taken", "Seats taken, research calls included", seats, Seats::taken);
  }

  private void gauge(String name, String help, Seats seats, ToDoubleFunction<Seats> value) {
    Gauge.builder(name, seats, value).description(help).register(registry);
  }

  /** Shows a bundle's metrics before anything has happened. */
  public void bundle(String name) {
    engine.show(name);
    sessions.show(name);
  }

  /**
   * Shows how much memory for contexts a bundle has, in blocks of its KV cache.
   *
   * @param rowBlocks blocks of one session, which has them all as long as it has a row
   * @param rows sessions there is room for
   */
  public void contexts(String bundle, int rowBlocks, int rows) {
    Gauge.builder("continuo.kv.blocks.used", sessions, s -> rows(s, bundle) * rowBlocks)
        .description("Blocks of the KV cache that sessions hold")
        .tag("bundle", bundle)
        .strongReference(true)
        .register(registry);
    Gauge.builder("continuo.kv.blocks.max", () -> rows * rowBlocks)
        .description("Blocks of the KV cache")
        .tag("bundle", bundle)
        .register(registry);
  }

  /** Rows that sessions hold; one that ends may be told of as ended before its row is. */
  private int rows(SessionMetrics open, String bundle) {
    return Math.max(0, open.active(bundle) - engine.evicted(bundle));
  }

  /** The media type of the format that an {@code Accept} header asks for. */
  public static String contentType(String accept) {
    return accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
  }

  /** All metrics as they are now, in one of the two formats. */
  public String scrape(String contentType) {
    return registry.scrape(contentType);
  }

  /** Stops measuring. Idempotent. */
  @Override
  public void close() {
    garbage.close();
    registry.close();
  }
}
