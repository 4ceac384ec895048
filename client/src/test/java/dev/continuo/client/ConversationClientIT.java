// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionConfig;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over a real connection. */
@Timeout(120)
class ConversationClientIT {
  private static final int FRAME_BYTES = 640;
  private static final ByteString FRAME = ByteString.copyFrom(new byte[FRAME_BYTES]);

  private final FakeServer server = new FakeServer();
  private String address;

  @BeforeEach
  void start() throws IOException {
    address = server.listen();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void oneEventLoopDrivesHundredsOfConversations() throws Exception {
    server.script =
        (call, message) -> {
          if (message.hasAudio()) {
            AudioOut.Builder echo = AudioOut.newBuilder().setData(message.getAudio().getData());
            call.say(ServerMessage.newBuilder().setAudio(echo));
          } else if (message.hasCommit()) {
            call.end();
          }
        };
    List<Recorder> recorders = new ArrayList<>();
    List<Conversation> conversations = new ArrayList<>();
    try (ConversationClient client =
        ConversationClient.builder(address).executor(Runnable::run).build()) {
      for (int i = 0; i < 300; i++) {
        recorders.add(new Recorder());
        conversations.add(client.converse(SessionConfig.getDefaultInstance(), recorders.get(i)));
      }
      for (int frame = 0; frame < 10; frame++) {
        conversations.forEach(c -> c.send(FRAME));
      }
      conversations.forEach(Conversation::commit);
      for (Recorder recorder : recorders) {
        assertThat(recorder.last()).isInstanceOf(EndSession.class);
        assertThat(recorder.heard).hasSize(12);
      }
      assertThat(clientThreads()).isEqualTo(1);
    }
    while (clientThreads() > 0) {
      Thread.onSpinWait(); // it has ended, all but the thread's own last steps
    }
  }

  @Test
  void aReaderThatStopsStopsTheServerWithinTheWindow() throws Exception {
    AtomicLong saidBytes = new AtomicLong();
    server.script =
        (call, message) -> {
          AudioOut.Builder audio = AudioOut.newBuilder().setData(FRAME);
          Runnable pump =
              () -> {
                while (call.out.isReady()) {
                  call.say(ServerMessage.newBuilder().setAudio(audio));
                  saidBytes.addAndGet(FRAME_BYTES);
                }
              };
          server.whenReady = pump;
          pump.run();
        };
    int windowBytes = 64 * 1024;
    Recorder recorder = new Recorder();
    try (ConversationClient client =
            ConversationClient.builder(address).flowControlWindowBytes(windowBytes).build();
        Conversation conversation =
            client.converse(
                SessionConfig.getDefaultInstance(),
                ConversationOptions.defaults().withManualRequests(1),
                recorder)) {
      while (saidBytes.get() < windowBytes) {
        Thread.onSpinWait();
      }
      // the window, gRPC's 32 KiB of readiness, and a message or two
      int aheadBytes = windowBytes + 32 * 1024 + 2 * FRAME_BYTES;
      for (int heard = 1; heard <= 1000; heard++) {
        while (recorder.heard.size() < 1 + heard) {
          Thread.onSpinWait();
        }
        assertThat(recorder.heard).hasSize(1 + heard);
        assertThat(saidBytes.get()).isLessThanOrEqualTo((long) heard * FRAME_BYTES + aheadBytes);
        conversation.request(1);
      }
    }
  }

  @Test
  void saysWhatToDoWhereNobodyListens() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (ConversationClient client =
        ConversationClient.builder("localhost:" + port)
            .callTimeout(Duration.ofSeconds(20))
            .build()) {
      assertThatThrownBy(client::serverInfo)
          .isInstanceOfSatisfying(
              ServerException.class, e -> assertThat(e.code()).isEqualTo(Status.Code.UNAVAILABLE))
          .hasMessageStartingWith("localhost:" + port + ": UNAVAILABLE: ")
          .hasMessageContaining("Connection refused")
          .hasMessageEndingWith("(check the address, and that a server is running there)");
    }
  }

  @Test
  void encryptsForWhomItTrusts() throws Exception {
    server.close();
    String encrypted = server.listenEncrypted();
    server.script = (call, message) -> call.end();
    Path trusted = Path.of("src/test/resources/dev/continuo/client/localhost.pem");
    try (ConversationClient client = ConversationClient.builder(encrypted).tls(trusted).build()) {
      Recorder recorder = new Recorder();
      client.converse(SessionConfig.getDefaultInstance(), recorder);
      assertThat(recorder.last()).isInstanceOf(EndSession.class);
    }
    try (ConversationClient stranger = ConversationClient.builder(encrypted).tls().build()) {
      Recorder recorder = new Recorder();
      stranger.converse(SessionConfig.getDefaultInstance(), recorder);
      assertThat(recorder.failure().code()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    try (ConversationClient plain = ConversationClient.builder(encrypted).build()) {
      Recorder recorder = new Recorder();
      plain.converse(SessionConfig.getDefaultInstance(), recorder);
      assertThat(recorder.failure().code()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void refusesSettingsThatCannotBe() {
    ConversationClientBuilder builder = ConversationClient.builder(address);
    assertThatThrownBy(() -> builder.flowControlWindowBytes(1000))
        .hasMessage("bytes: 1000 (expected: 65536 to 16777216)");
    assertThatThrownBy(() -> builder.keepAlive(Duration.ofSeconds(9)))
        .hasMessage("interval: PT9S (expected: >= 10 s)");
    assertThatThrownBy(() -> builder.callTimeout(Duration.ZERO))
        .hasMessage("timeout: PT0S (expected: more than 0)");
    assertThatThrownBy(() -> ConversationOptions.defaults().withTimeout(Duration.ZERO))
        .hasMessage("timeout: PT0S (expected: more than 0)");
    assertThatThrownBy(() -> ConversationOptions.defaults().withManualRequests(0))
        .hasMessage("initialMessages: 0 (expected: >= 1)");
  }

  private static long clientThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("continuo-client"))
        .count();
  }
}
