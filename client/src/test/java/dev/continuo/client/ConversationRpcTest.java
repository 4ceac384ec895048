// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.GoAway;
import dev.continuo.v1.InputAck;
import dev.continuo.v1.InterruptionSignal;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Marker;
import dev.continuo.v1.PlaybackPosition;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SessionResumptionUpdate;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.SessionWarning;
import dev.continuo.v1.SpeechEvent;
import dev.continuo.v1.TokenTrace;
import dev.continuo.v1.TurnEvent;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConversationRpcTest {
  private static final SessionConfig CONFIG = SessionConfig.newBuilder().setBundle("b").build();

  private final FakeServer server = new FakeServer();
  private final Recorder recorder = new Recorder();
  private ConversationClient client;

  @BeforeEach
  void start() throws IOException {
    server.start();
    client = server.client();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void sendsTheConfigFirstThenAllElseInOrder() throws Exception {
    server.script = (call, message) -> endAfter(call, message, ClientMessage::hasCancel);
    try (Conversation conversation =
        client.converse(CONFIG, ConversationOptions.defaults().withRequestId("me"), recorder)) {
      conversation.send(new float[] {0.5f, -1f});
      conversation.send(ByteString.copyFrom(new byte[] {1, 2, 3, 4}));
      conversation.marker("here");
      conversation.played(3, 4800);
      conversation.commit();
      conversation.cancel();
      recorder.last();
    }
    assertThat(server.received)
        .extracting(ClientMessage::getMessageTypeCase)
        .containsExactly(
            ClientMessage.MessageTypeCase.CONFIG,
            ClientMessage.MessageTypeCase.AUDIO,
            ClientMessage.MessageTypeCase.AUDIO,
            ClientMessage.MessageTypeCase.MARKER,
            ClientMessage.MessageTypeCase.PLAYBACK,
            ClientMessage.MessageTypeCase.COMMIT,
            ClientMessage.MessageTypeCase.CANCEL);
    assertThat(server.received.get(0).getConfig()).isEqualTo(CONFIG);
    assertThat(server.received.get(0).getRequestId()).isEqualTo("me");
    assertThat(server.received.get(1).getAudio().getData())
        .isEqualTo(ByteString.copyFrom(new byte[] {0, 0x40, 0, (byte) 0x80}));
    assertThat(server.received.get(3).getMarker().getName()).isEqualTo("here");
    assertThat(server.received.get(4).getPlayback())
        .isEqualTo(PlaybackPosition.newBuilder().setEpoch(3).setPlayedSamples(4800).build());
  }

  @Test
  void passesEveryMessageToItsCallbackInOrder() throws Exception {
    List<Message> all =
        List.of(
            SessionStarted.newBuilder().setSessionId("s").build(),
            InputAck.newBuilder().setReceivedSamples(320).build(),
            TokenTrace.newBuilder().addUnits(7).build(),
            Marker.newBuilder().setName("m").build(),
            TurnEvent.newBuilder().setType(TurnEvent.Type.TYPE_COMMITTED).build(),
            AudioOut.newBuilder().setSampleCount(9).build(),
            SpeechEvent.newBuilder().setSampleIndex(5).build(),
            InterruptionSignal.newBuilder().setEpoch(1).build(),
            SessionResumptionUpdate.newBuilder().setHandle("h").build(),
            SessionWarning.newBuilder().setField("f").build(),
            GoAway.newBuilder().setTimeLeftMillis(10).build(),
            LatencyTrace.newBuilder().setFirstAudioMicros(1).build());
    server.script =
        (call, message) -> {
          all.forEach(m -> call.say(wrapped(m)));
          call.say(ServerMessage.newBuilder());
          call.end();
        };
    client.converse(CONFIG, recorder);
    assertThat(recorder.last())
        .isEqualTo(EndSession.newBuilder().setReason(EndSession.Reason.REASON_COMPLETED).build());
    assertThat(recorder.heard).hasSize(14).startsWith("opened").endsWith(recorder.last());
    assertThat(recorder.heard.subList(1, 13)).isEqualTo(all);
  }

  @Test
  void halfClosesWhereItFinishes() throws Exception {
    try (Conversation conversation = client.converse(CONFIG, recorder)) {
      conversation.finish();
      FakeServer.Call call = server.calls.take();
      assertThat(call.events.poll(20, TimeUnit.SECONDS)).isEqualTo("half-closed");
      assertThatThrownBy(conversation::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("finished");
      call.end();
      assertThat(recorder.last()).isInstanceOf(EndSession.class);
    }
  }

  @Test
  void closingTellsTheServerAndFailsTheConversation() throws Exception {
    Conversation conversation = client.converse(CONFIG, recorder);
    FakeServer.Call call = server.calls.take();
    conversation.close();
    conversation.close();
    assertThat(call.events.poll(20, TimeUnit.SECONDS)).isEqualTo("cancelled");
    assertThat(recorder.failure().code()).isEqualTo(Status.Code.CANCELLED);
    assertThatThrownBy(() -> conversation.send(new float[1]))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aStreamThatEndsWithoutAnEndIsAFailure() throws Exception {
    server.script = (call, message) -> call.out.onCompleted();
    client.converse(CONFIG, recorder);
    assertThat(recorder.failure()).hasMessageContaining("without EndSession");
  }

  @Test
  void whatAListenerThrowsEndsTheConversation() throws Exception {
    server.script = (call, message) -> call.say(wrapped(InputAck.getDefaultInstance()));
    Recorder broken =
        new Recorder() {
          @Override
          public void ack(InputAck ack) {
            throw new IllegalStateException("listener broke");
          }
        };
    client.converse(CONFIG, broken);
    assertThat(broken.failure()).hasRootCauseMessage("listener broke");
    assertThat(server.calls.take().events.poll(20, TimeUnit.SECONDS)).isEqualTo("cancelled");
  }

  @Test
  void failsAfterItsTimeout() throws Exception {
    ConversationOptions options =
        ConversationOptions.defaults().withTimeout(java.time.Duration.ofMillis(20));
    client.converse(CONFIG, options, recorder);
    assertThat(recorder.failure().code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  void asksForMessagesOnlyAsTheListenerTakesThem() throws Exception {
    server.script =
        (call, message) -> {
          for (int i = 0; i < 10; i++) {
            call.say(wrapped(InputAck.newBuilder().setPromptUnits(i).build()));
          }
          call.end();
        };
    Recorder three = new Recorder();
    try (Conversation conversation =
        client.converse(CONFIG, ConversationOptions.defaults().withManualRequests(2), three)) {
      awaitSize(three.heard, 3);
      assertThat(three.heard).hasSize(3);
      conversation.request(20);
      three.last();
      assertThat(three.heard).hasSize(12);
    }
  }

  @Test
  void isReadyAgainWhenTheServerHasTakenWhatWasSent() throws Exception {
    server.stalled = true;
    try (Conversation conversation = client.converse(CONFIG, recorder)) {
      FakeServer.Call call = server.calls.take();
      ByteString second = ByteString.copyFrom(new byte[32_000]);
      int sent = 0;
      while (conversation.isReady()) {
        conversation.send(second);
        assertThat(++sent).isLessThan(100);
      }
      recorder.readiness.drainPermits();
      call.out.request(2 + sent);
      recorder.awaitReady();
      assertThat(conversation.isReady()).isTrue();
    }
  }

  private static void awaitSize(List<Object> list, int size) {
    while (list.size() < size) {
      Thread.onSpinWait();
    }
  }

  private static void endAfter(
      FakeServer.Call call,
      ClientMessage message,
      java.util.function.Predicate<ClientMessage> last) {
    if (last.test(message)) {
      call.end();
    }
  }

  /** A server message of the field that has this type. */
  static ServerMessage.Builder wrapped(Message content) {
    return ServerMessage.getDescriptor().getFields().stream()
        .filter(
            f ->
                f.getJavaType() == com.google.protobuf.Descriptors.FieldDescriptor.JavaType.MESSAGE)
        .filter(f -> f.getMessageType().equals(content.getDescriptorForType()))
        .findFirst()
        .map(f -> ServerMessage.newBuilder().setField(f, content))
        .orElseThrow();
  }
}
