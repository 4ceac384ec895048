// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A small HTTP server on an event loop of its own.
 *
 * <p><i>Thread-safe.</i>
 */
public final class HttpServer implements AutoCloseable {
  private static final int MAX_REQUEST_BYTES = 16 * 1024;
  private static final int IDLE_SECONDS = 60;
  private static final int CLOSE_SECONDS = 5;

  private final EventLoopGroup loop;
  private final Channel channel;

  private HttpServer(EventLoopGroup loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /**
   * Listens on an address.
   *
   * @param pages by their paths
   * @throws IOException if it cannot, the port being in use for example
   */
  public static HttpServer listen(InetSocketAddress address, Map<String, Page> pages)
      throws IOException {
    Map<String, Page> table = Collections.unmodifiableMap(new TreeMap<>(pages));
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("http", true), NioIoHandler.newFactory());
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel client) {
                    client
                        .pipeline()
                        .addLast(new ReadTimeoutHandler(IDLE_SECONDS))
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES))
                        .addLast(new PageHandler(table));
                  }
                });
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      end(loop);
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    return new HttpServer(loop, bound.channel());
  }

  /** The port it listens on. */
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Closes all connections and ends the thread. Idempotent. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    end(loop);
  }

  private static void end(EventLoopGroup loop) {
    loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
