// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.http.HttpServer;
import dev.continuo.server.http.Page;
import dev.continuo.server.metrics.Metrics;
import dev.continuo.server.rpc.RpcServer;
import dev.continuo.server.session.SessionLog;
import dev.continuo.server.session.SessionObserver;
import dev.continuo.server.tracing.Tracing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators see of a server: metrics, whether it lives and whether it lets sessions in, from
 * before its models are loaded until it has ended.
 *
 * <p><i>Thread-safe.</i>
 */
final class Operations implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

  private final Metrics metrics = new Metrics();
  private final Optional<Tracing> tracing;
  private final @Nullable HttpServer http;
  private volatile @Nullable RpcServer server;

  private Operations(String host, HttpPort port) {
    this.tracing = Tracing.of(System.getenv(), Ticker.system());
    this.http = port.port() == HttpPort.OFF ? null : listen(host, port);
  }

  /**
   * Opens the HTTP port.
   *
   * @throws IllegalArgumentException if the environment asks for spans in a way that cannot be
   * @throws PortException if it cannot be had and was asked for
   */
  static Operations open(String host, HttpPort port) {
    return new Operations(host, port);
  }

  private @Nullable HttpServer listen(String host, HttpPort port) {
    try {
      return HttpServer.listen(
          new InetSocketAddress(host, port.port()),
          Map.of("/metrics", this::metrics, "/healthz", a -> alive(), "/readyz", a -> ready()));
    } catch (IOException e) {
      String line =
          "%s:%d: HTTP cannot be listened on: %s (expected: a free port; --http-port 0 takes any)"
              .formatted(host, port.port(), e.getMessage());
      if (port.given()) {
        throw new PortException(line, e);
      }
      LOG.warn("no metrics are served: {}", line);
      return null;
    }
  }

  private Page.Answer metrics(String accept) {
    String type = Metrics.contentType(accept);
    return new Page.Answer(200, type, metrics.scrape(type));
  }

  private static Page.Answer alive() {
    return Page.Answer.text(200, "alive");
  }

  private Page.Answer ready() {
    RpcServer running = server;
    if (running == null) {
      return Page.Answer.text(503, "loading");
    }
    return running.isServing() ? Page.Answer.text(200, "ready") : Page.Answer.text(503, "draining");
  }

  /** The server lets sessions in from now on, as long as it says so. */
  void ready(RpcServer running) {
    server = running;
  }

  /** Is told what becomes of sessions: metrics, log and spans are made of it. */
  SessionObserver sessions() {
    List<SessionObserver> all = new ArrayList<>(List.of(metrics.sessions(), new SessionLog()));
    tracing.ifPresent(spans -> all.add(spans.sessions()));
    return SessionObserver.all(all);
  }

  Metrics metrics() {
    return metrics;
  }

  /** The HTTP port, where there is one. */
  OptionalInt port() {
    return http == null ? OptionalInt.empty() : OptionalInt.of(http.port());
  }

  /** Closes the port. Idempotent. */
  @Override
  public void close() {
    if (http != null) {
      http.close();
    }
    tracing.ifPresent(Tracing::close);
    metrics.close();
  }
}
