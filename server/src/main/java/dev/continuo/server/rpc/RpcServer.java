// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import dev.continuo.server.session.Session;
import dev.continuo.v1.SpeechContinuationGrpc;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running server: the service, health and reflection on one port.
 *
 * <p><i>Thread-safe.</i>
 */
public final class RpcServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);

  /** Warns, with a trace, of every client that vanishes; that is what clients do. Held strongly. */
  private static final java.util.logging.Logger TRANSPORT =
      java.util.logging.Logger.getLogger("io.grpc.netty");

  static {
    TRANSPORT.setLevel(java.util.logging.Level.SEVERE);
  }

  private static final int POLL_MILLIS = 20;
  private static final int CLOSE_SECONDS = 5;

  /** A client gone without a word is found after these two; phones sleep longer than a minute. */
  private static final int KEEP_ALIVE_SECONDS = 30;

  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 20;

  /** Clients may ask as often; gRPC's own 5 minutes would end mobile clients' connections. */
  private static final int PERMIT_KEEP_ALIVE_SECONDS = 5;

  private static final int IDLE_CONNECTION_MINUTES = 5;
  private static final int CALLS_A_CONNECTION = 1_000;
  private static final int METADATA_BYTES = 8 * 1024;

  private final Server server;
  private final SpeechContinuationService service;
  private final HealthStatusManager health;
  private final Workers workers;
  private volatile boolean serving = true;

  private RpcServer(
      Server server,
      SpeechContinuationService service,
      HealthStatusManager health,
      Workers workers) {
    this.server = server;
    this.service = service;
    this.health = health;
    this.workers = workers;
  }

  /**
   * Listens on an address.
   *
   * @param calls is told how many calls and messages there are, and how long they take
   * @throws IOException if it cannot, the port being in use for example
   */
  public static RpcServer listen(
      InetSocketAddress address, Session.Surroundings around, MeterRegistry calls)
      throws IOException {
    NettyServerBuilder netty =
        NettyServerBuilder.forAddress(address)
            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(PERMIT_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxConnectionIdle(IDLE_CONNECTION_MINUTES, TimeUnit.MINUTES)
            .maxConcurrentCallsPerConnection(CALLS_A_CONNECTION)
            .maxInboundMetadataSize(METADATA_BYTES)
            .maxInboundMessageSize(MessageLimit.TRANSPORT_BYTES);
    return start(netty, around, calls);
  }

  /** Starts on any transport. */
  static RpcServer start(
      ServerBuilder<?> transport, Session.Surroundings around, MeterRegistry calls)
      throws IOException {
    Workers workers = new Workers();
    SpeechContinuationService service = new SpeechContinuationService(around, workers);
    HealthStatusManager health = new HealthStatusManager();
    MessageLimit limit = new MessageLimit(around.limits().maxMessageBytes());
    Server server =
        transport
            .directExecutor()
            .intercept(new TraceParent())
            .intercept(new MetricCollectingServerInterceptor(calls))
            .addService(limit.limited(service.bindService()))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(olderReflection())
            .build();
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      workers.close();
      throw e;
    }
    health.setStatus(SpeechContinuationGrpc.SERVICE_NAME, ServingStatus.SERVING);
    return new RpcServer(server, service, health, workers);
  }

  /** Python's and older clients still ask for {@code grpc.reflection.v1alpha}. */
  @SuppressWarnings("deprecation")
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Whether it lets sessions in. */
  public boolean isServing() {
    return serving;
  }

  /** Open conversations. */
  public int conversations() {
    return service.live();
  }

  /**
   * Lets nobody in any more, tells everybody who is here, and waits until they are done; the rest
   * are ended after {@code graceMillis}.
   *
   * @throws InterruptedException if interrupted; {@link #close} still ends everything
   */
  public void drain(int graceMillis) throws InterruptedException {
    serving = false;
    health.enterTerminalState();
    int open = service.live();
    if (open > 0) {
      LOG.info("draining: {} sessions have {} ms", open, graceMillis);
    }
    service.drain(graceMillis);
    // a little beyond the grace time, in which the sessions themselves end
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(graceMillis + 500L);
    while (service.live() > 0 && System.nanoTime() < end) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Ends everything at once. Idempotent. */
  @Override
  public void close() {
    serving = false;
    server.shutdown();
    try {
      if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
        server.shutdownNow();
        server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    workers.close();
  }
}
