// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.v1.ServerMessage.MessageTypeCase;
import dev.continuo.v1.SessionConfig;
import dev.continuo.wire.Reasons;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Who gets in, over the wire. */
class AdmissionRpcTest {
  private static final int SEATS = 4;

  @Test
  void isNeverOneOverUnderABurstOfTenTimesTheLimit() throws Exception {
    try (TestServer server = TestServer.echo(ServerLimits.defaults(SEATS))) {
      for (int burst = 0; burst < 5; burst++) {
        List<Caller> callers = burst(server, 10 * SEATS);
        List<Caller> in = new ArrayList<>();
        for (Caller caller : callers) {
          caller.awaitAnything(MessageTypeCase.STARTED);
          if (caller.isOver()) {
            assertThat(caller.status().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            assertThat(caller.reason()).isEqualTo(Reasons.TOO_MANY_SESSIONS);
            assertThat(caller.detail(RetryInfo.class)).isNotNull();
          } else {
            in.add(caller);
          }
        }
        assertThat(in).hasSize(SEATS);
        assertThat(server.seats().taken()).isEqualTo(SEATS);
        for (Caller caller : in) {
          caller.audio(new byte[640]).commit();
          assertThat(caller.status().getCode()).isEqualTo(Code.OK);
        }
        assertThat(server.seats().taken()).isZero();
      }
    }
  }

  private static List<Caller> burst(TestServer server, int count) throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    Caller[] callers = new Caller[count];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  go.await();
                  callers[number] = Caller.call(server.channel(), SessionConfig.newBuilder());
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      threads.add(thread);
      thread.start();
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    return List.of(callers);
  }

  @Test
  void letsTheNextInLineInWhenOneLeaves() throws Exception {
    try (TestServer server = TestServer.echo(ServerLimits.defaults(1), 1)) {
      Caller first = Caller.call(server.channel(), SessionConfig.newBuilder());
      first.await(MessageTypeCase.STARTED);
      Caller second = Caller.call(server.channel(), SessionConfig.newBuilder());
      while (server.seats().waiting() == 0) {
        Thread.onSpinWait();
      }
      Caller third = Caller.call(server.channel(), SessionConfig.newBuilder());
      assertThat(third.status().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
      assertThat(second.all()).isEmpty();
      second.audio(new byte[640]).commit(); // read when it is let in
      first.audio(new byte[640]).commit();
      assertThat(first.status().getCode()).isEqualTo(Code.OK);
      assertThat(second.status().getCode()).isEqualTo(Code.OK);
      assertThat(second.speech()).hasSize(640);
      assertThat(server.seats().taken()).isZero();
    }
  }

  @Test
  void forgetsWhoVanishesInLine() throws Exception {
    try (TestServer server = TestServer.echo(ServerLimits.defaults(1), 1)) {
      Caller first = Caller.call(server.channel(), SessionConfig.newBuilder());
      first.await(MessageTypeCase.STARTED);
      Caller second = Caller.call(server.channel(), SessionConfig.newBuilder());
      while (server.seats().waiting() == 0) {
        Thread.onSpinWait();
      }
      second.vanish();
      while (server.seats().waiting() == 1) {
        Thread.onSpinWait();
      }
      Caller third = Caller.call(server.channel(), SessionConfig.newBuilder());
      first.audio(new byte[640]).commit();
      third.await(MessageTypeCase.STARTED);
      third.audio(new byte[640]).commit();
      assertThat(third.status().getCode()).isEqualTo(Code.OK);
    }
  }
}
