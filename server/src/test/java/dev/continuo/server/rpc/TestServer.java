// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Bundles;
import dev.continuo.server.session.EchoBundle;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.server.session.Session;
import dev.continuo.server.session.SessionObserver;
import dev.continuo.server.session.VoiceBundle;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/** A server in the test's own process. */
record TestServer(RpcServer server, ManagedChannel channel, Seats seats) implements AutoCloseable {
  static final long SEED = 4711;

  static TestServer echo(ServerLimits limits) throws IOException {
    return echo(limits, 0);
  }

  /** One for which so many sessions may wait. */
  static TestServer echo(ServerLimits limits, int maxWaiting) throws IOException {
    Seats seats = new Seats(limits.maxSessions(), maxWaiting, Ticker.system());
    return start(limits, seats, new EchoBundle(Ticker.system()));
  }

  static TestServer start(ServerLimits limits, Function<Seats, VoiceBundle> bundle)
      throws IOException {
    Seats seats = new Seats(limits.maxSessions());
    return start(limits, seats, bundle.apply(seats));
  }

  private static TestServer start(ServerLimits limits, Seats seats, VoiceBundle bundle)
      throws IOException {
    Session.Surroundings around =
        new Session.Surroundings(
            new Bundles(List.of(bundle)),
            limits,
            Ticker.system(),
            () -> SEED,
            seats,
            SessionObserver.NONE);
    String name = InProcessServerBuilder.generateName();
    RpcServer server =
        RpcServer.start(InProcessServerBuilder.forName(name), around, new SimpleMeterRegistry());
    return new TestServer(server, InProcessChannelBuilder.forName(name).build(), seats);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }
}
