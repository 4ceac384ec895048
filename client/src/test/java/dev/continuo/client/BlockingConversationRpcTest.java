// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.InputAck;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionConfig;
import dev.continuo.wire.Reasons;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BlockingConversationRpcTest {
  private static final ByteString AUDIO = ByteString.copyFrom(new byte[640]);

  private final FakeServer server = new FakeServer();
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
  void givesEveryMessageThenNothing() throws InterruptedException {
    server.script =
        (call, message) -> {
          if (message.hasCommit()) {
            for (int i = 0; i < 100; i++) {
              call.say(ack(i));
            }
            call.end();
          }
        };
    List<ServerMessage> messages = new ArrayList<>();
    try (BlockingConversation conversation = open()) {
      conversation.send(new float[320]);
      conversation.commit();
      for (Optional<ServerMessage> m = conversation.next();
          m.isPresent();
          m = conversation.next()) {
        messages.add(m.get());
      }
      conversation.send(AUDIO);
    }
    assertThat(messages).hasSize(101);
    assertThat(messages.get(99).getAck().getPromptUnits()).isEqualTo(99);
    assertThat(messages.get(100).hasEnd()).isTrue();
  }

  @Test
  void aLongPromptTravelsInPieces() throws InterruptedException {
    server.script =
        (call, message) -> {
          if (message.hasCommit()) {
            call.end();
          }
        };
    try (BlockingConversation conversation = open()) {
      conversation.send(new float[100_000]);
      conversation.commit();
      assertThat(conversation.next().orElseThrow().hasEnd()).isTrue();
    }
    List<Integer> sizes =
        server.received.stream()
            .filter(ClientMessage::hasAudio)
            .map(m -> m.getAudio().getData().size())
            .toList();
    assertThat(sizes).hasSize(13).allMatch(size -> size <= 16_384);
    assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(200_000);
  }

  @Test
  void givesWhatCameBeforeAFailureThenThrowsIt() throws InterruptedException {
    server.script =
        (call, message) -> {
          call.say(ack(1));
          call.fail(Status.ABORTED.withDescription("slow"), Reasons.SLOW_CONSUMER);
        };
    try (BlockingConversation conversation = open()) {
      assertThat(conversation.next().orElseThrow().getAck().getPromptUnits()).isEqualTo(1);
      assertThatThrownBy(conversation::next)
          .isInstanceOfSatisfying(
              ServerException.class, e -> assertThat(e.reason()).isEqualTo(Reasons.SLOW_CONSUMER));
      assertThatThrownBy(() -> conversation.send(AUDIO)).isInstanceOf(ServerException.class);
    }
  }

  @Test
  void aSlowReaderSlowsTheServer() throws Exception {
    AtomicInteger said = new AtomicInteger();
    server.script =
        (call, message) -> {
          Runnable pump =
              () -> {
                while (call.out.isReady() && said.get() < 10_000) {
                  call.say(ack(said.getAndIncrement()));
                }
                if (said.get() == 10_000 && said.getAndIncrement() == 10_000) {
                  call.end();
                }
              };
          server.whenReady = pump;
          pump.run();
        };
    try (BlockingConversation conversation = open()) {
      for (int i = 0; i < 10_000; i++) {
        assertThat(conversation.next().orElseThrow().getAck().getPromptUnits()).isEqualTo(i);
        // taken, plus what may lie unread here, plus what the server's transport lets through
        assertThat(said.get()).isLessThanOrEqualTo(i + 2 + Inbox.CREDIT + 1);
      }
      assertThat(conversation.next().orElseThrow().hasEnd()).isTrue();
    }
  }

  @Test
  void aSlowServerMakesTheSenderWait() throws Exception {
    server.stalled = true;
    try (BlockingConversation conversation = open()) {
      FakeServer.Call call = server.calls.take();
      AtomicInteger sent = new AtomicInteger();
      CompletableFuture<Void> sender =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (; sent.get() < 1000; sent.incrementAndGet()) {
                    conversation.send(AUDIO);
                  }
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      call.out.request(1); // the config
      for (int i = 1; i <= 1000; i++) {
        call.out.request(1);
        while (server.received.size() < i + 1) {
          Thread.onSpinWait();
        }
        assertThat(sent.get()).isLessThanOrEqualTo(i + 1);
      }
      sender.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aSenderThatNeverReadsHearsOfAFailureAllTheSame() throws Exception {
    server.stalled = true;
    try (BlockingConversation conversation = open()) {
      FakeServer.Call call = server.calls.take();
      for (int i = 0; i < 5 * Inbox.CREDIT; i++) {
        call.say(ack(i));
      }
      call.fail(Status.INVALID_ARGUMENT.withDescription("long"), Reasons.AUDIO_TOO_LONG);
      assertThatThrownBy(
              () -> {
                while (true) {
                  conversation.send(AUDIO);
                }
              })
          .isInstanceOfSatisfying(
              ServerException.class, e -> assertThat(e.reason()).isEqualTo(Reasons.AUDIO_TOO_LONG));
      for (int i = 0; i < 5 * Inbox.CREDIT; i++) {
        assertThat(conversation.next().orElseThrow().getAck().getPromptUnits()).isEqualTo(i);
      }
    }
  }

  @Test
  void abortWakesWhoWaits() throws Exception {
    try (BlockingConversation conversation = open()) {
      CompletableFuture<Throwable> reader =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return new AssertionError(conversation.next().toString());
                } catch (InterruptedException | ServerException e) {
                  return e;
                }
              });
      server.calls.take();
      conversation.abort();
      assertThat(reader.get(30, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              ServerException.class, e -> assertThat(e.code()).isEqualTo(Status.Code.CANCELLED));
    }
  }

  private BlockingConversation open() {
    return client.converse(SessionConfig.getDefaultInstance());
  }

  private static ServerMessage.Builder ack(int units) {
    return ConversationRpcTest.wrapped(InputAck.newBuilder().setPromptUnits(units).build());
  }
}
