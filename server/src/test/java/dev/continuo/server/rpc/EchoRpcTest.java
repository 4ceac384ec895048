// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.server.session.ServerLimits;
import dev.continuo.v1.ServerMessage.MessageTypeCase;
import dev.continuo.v1.SessionConfig;
import io.grpc.Status;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The echo bundle: transport and session without models. */
class EchoRpcTest {
  @SuppressWarnings("NullAway.Init") // set before each test
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.echo(ServerLimits.defaults(4));
  }

  @AfterEach
  void stop() {
    server.close();
    assertThat(server.seats().taken()).isZero();
  }

  @Test
  void givesEachChunkBackAtOnceAsItCame() throws Exception {
    Caller caller = Caller.call(server.channel(), SessionConfig.newBuilder());
    caller.await(MessageTypeCase.STARTED);
    Random random = new Random(1);
    for (int i = 0; i < 5; i++) {
      byte[] chunk = new byte[640];
      random.nextBytes(chunk);
      caller.audio(chunk);
      assertThat(caller.await(MessageTypeCase.AUDIO).getAudio().getData().toByteArray())
          .isEqualTo(chunk);
    }
    caller.commit();
    assertThat(caller.status().getCode()).isEqualTo(Status.Code.OK);
    assertThat(caller.speech()).hasSize(5 * 640);
    assertThat(caller.all(MessageTypeCase.AUDIO).get(5).getAudio().getTurnFinal()).isTrue();
    assertThat(caller.all().get(caller.all().size() - 1).hasEnd()).isTrue();
  }
}
