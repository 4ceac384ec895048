// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Bundles;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.server.session.Session;
import dev.continuo.server.session.SessionObserver;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A server on a free port of this machine, and a channel to it. <i>Thread-safe: as they are.</i>
 */
record Loopback(RpcServer server, ManagedChannel channel) implements AutoCloseable {

  static Loopback start(Bundles bundles, ServerLimits limits, Seats seats) throws IOException {
    Session.Surroundings around =
        new Session.Surroundings(
            bundles, limits, Ticker.system(), () -> 1, seats, SessionObserver.NONE);
    InetAddress here = InetAddress.getLoopbackAddress();
    RpcServer server =
        RpcServer.listen(new InetSocketAddress(here, 0), around, new SimpleMeterRegistry());
    return new Loopback(
        server,
        NettyChannelBuilder.forAddress(new InetSocketAddress(here, server.port()))
            .usePlaintext()
            .build());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }
}
