// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Says how a server is reached.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class ConversationClientBuilder {
  private static final int MIN_WINDOW_BYTES = 64 * 1024;
  private static final int MAX_WINDOW_BYTES = 16 * 1024 * 1024;
  private static final int DEFAULT_WINDOW_BYTES = 128 * 1024;
  private static final int MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
  private static final long CLOSE_MILLIS = 2000;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(20);
  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);

  private final String target;
  private ChannelCredentials credentials = InsecureChannelCredentials.create();
  private @Nullable Executor executor;
  private Duration keepAlive = KEEP_ALIVE;
  private Duration callTimeout = CALL_TIMEOUT;
  private int windowBytes = DEFAULT_WINDOW_BYTES;

  ConversationClientBuilder(String target) {
    this.target = target;
  }

  /** Encrypts, and trusts what Java trusts. Default: no encryption. */
  public ConversationClientBuilder tls() {
    credentials = TlsChannelCredentials.create();
    return this;
  }

  /**
   * Encrypts, and trusts these certificates only.
   *
   * @param certificates PEM file
   * @throws IOException if it cannot be read
   */
  public ConversationClientBuilder tls(Path certificates) throws IOException {
    credentials = TlsChannelCredentials.newBuilder().trustManager(certificates.toFile()).build();
    return this;
  }

  /**
   * How often a connection with conversations on it is probed, so that mobile networks keep it and
   * a dead one is noticed 10 s later; at least 10 s. Default: 20 s.
   *
   * @throws IllegalArgumentException if it is shorter
   */
  public ConversationClientBuilder keepAlive(Duration interval) {
    if (interval.compareTo(Duration.ofSeconds(10)) < 0) {
      throw new IllegalArgumentException("interval: " + interval + " (expected: >= 10 s)");
    }
    keepAlive = interval;
    return this;
  }

  /**
   * How long a call other than a conversation may take. Default: 60 s.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public ConversationClientBuilder callTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: more than 0)");
    }
    callTimeout = timeout;
    return this;
  }

  /**
   * How much a server may send that was not taken: of each conversation, and of all of them
   * together. Small, so that a server notices within seconds that nobody listens (128 KiB are 4 s
   * of LINEAR16 at 16 kHz); a client of many conversations over a long line needs more. 64 KiB to
   * 16 MiB. Default: 128 KiB.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public ConversationClientBuilder flowControlWindowBytes(int bytes) {
    if (bytes < MIN_WINDOW_BYTES || bytes > MAX_WINDOW_BYTES) {
      throw new IllegalArgumentException(
          "bytes: " + bytes + " (expected: " + MIN_WINDOW_BYTES + " to " + MAX_WINDOW_BYTES + ")");
    }
    windowBytes = bytes;
    return this;
  }

  /**
   * Where callbacks run. {@code Runnable::run} is the event loop itself: least work, and a callback
   * that blocks stops every conversation. Default: gRPC's pool of threads.
   */
  public ConversationClientBuilder executor(Executor callbacks) {
    executor = callbacks;
    return this;
  }

  /**
   * The client. It connects at its first call.
   *
   * @throws IllegalArgumentException if the target is no HOST:PORT
   */
  public ConversationClient build() {
    MultiThreadIoEventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("continuo-client", true), NioIoHandler.newFactory());
    NettyChannelBuilder channel =
        NettyChannelBuilder.forTarget(target, credentials)
            .eventLoopGroup(loops)
            .channelType(NioSocketChannel.class)
            .flowControlWindow(windowBytes)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .keepAliveTime(keepAlive.toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    if (executor != null) {
      channel.executor(executor);
    }
    return new ConversationClient(
        target,
        channel.build(),
        () -> loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(CLOSE_MILLIS),
        callTimeout);
  }
}
