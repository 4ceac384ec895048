// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.Commit;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SpeechContinuationGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A client of one conversation, for tests: sends what it is told, keeps what comes. */
final class Caller implements ClientResponseObserver<ClientMessage, ServerMessage> {
  private static final int PATIENCE_SECONDS = 20;

  private final BlockingQueue<ServerMessage> messages = new LinkedBlockingQueue<>();
  private final List<ServerMessage> seen = new ArrayList<>();
  private final CompletableFuture<Status> status = new CompletableFuture<>();
  private final CompletableFuture<@Nullable StatusRuntimeException> failure =
      new CompletableFuture<>();
  private final boolean reads;
  private @Nullable ClientCallStreamObserver<ClientMessage> call;

  private Caller(boolean reads) {
    this.reads = reads;
  }

  static Caller call(Channel channel) {
    return open(channel, true);
  }

  /** One that never reads more than the first message. */
  static Caller stalled(Channel channel) {
    return open(channel, false);
  }

  static Caller call(Channel channel, SessionConfig.Builder config) {
    Caller caller = call(channel);
    caller.send(ClientMessage.newBuilder().setConfig(config));
    return caller;
  }

  private static Caller open(Channel channel, boolean reads) {
    Caller caller = new Caller(reads);
    SpeechContinuationGrpc.newStub(channel).converse(caller);
    return caller;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ClientMessage> requests) {
    call = requests;
    if (!reads) {
      requests.disableAutoRequestWithInitial(1);
    }
  }

  @Override
  public void onNext(ServerMessage message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable thrown) {
    failure.complete((StatusRuntimeException) thrown);
    status.complete(Status.fromThrowable(thrown));
  }

  @Override
  public void onCompleted() {
    failure.complete(null);
    status.complete(Status.OK);
  }

  private ClientCallStreamObserver<ClientMessage> requests() {
    if (call == null) {
      throw new IllegalStateException("not started");
    }
    return call;
  }

  Caller send(ClientMessage.Builder message) {
    requests().onNext(message.build());
    return this;
  }

  Caller audio(byte[] data) {
    return send(
        ClientMessage.newBuilder()
            .setAudio(AudioChunk.newBuilder().setData(ByteString.copyFrom(data))));
  }

  /** Sends PCM in frames of so many bytes. */
  Caller audio(byte[] data, int frameBytes) {
    for (int at = 0; at < data.length; at += frameBytes) {
      int end = Math.min(data.length, at + frameBytes);
      audio(java.util.Arrays.copyOfRange(data, at, end));
    }
    return this;
  }

  Caller commit() {
    return send(ClientMessage.newBuilder().setCommit(Commit.getDefaultInstance()));
  }

  Caller halfClose() {
    requests().onCompleted();
    return this;
  }

  /** Reads everything from now on. */
  void readOn() {
    requests().request(Integer.MAX_VALUE);
  }

  void vanish() {
    requests().cancel("gone", null);
  }

  /** Waits for the next message of a kind; those before it are kept. */
  ServerMessage await(ServerMessage.MessageTypeCase kind) throws InterruptedException {
    while (true) {
      ServerMessage message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no " + kind + "; " + status + " after " + seen);
      }
      seen.add(message);
      if (message.getMessageTypeCase() == kind) {
        return message;
      }
    }
  }

  /** Waits for a message of a kind, or for the end. */
  void awaitAnything(ServerMessage.MessageTypeCase kind) throws InterruptedException {
    while (!status.isDone()) {
      ServerMessage message = messages.poll(1, TimeUnit.MILLISECONDS);
      if (message != null && message.getMessageTypeCase() == kind) {
        return;
      }
    }
  }

  /** Whether the call has ended. */
  boolean isOver() {
    return status.isDone();
  }

  /** Waits for the end. */
  Status status() throws InterruptedException {
    try {
      return status.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("no status after " + all(), e);
    }
  }

  /** The reason of the failure that ended the call. */
  String reason() throws InterruptedException, InvalidProtocolBufferException {
    ErrorInfo info = detail(ErrorInfo.class);
    return info == null ? "" : info.getReason();
  }

  /** A detail of the failure that ended the call. */
  <T extends com.google.protobuf.Message> @Nullable T detail(Class<T> type)
      throws InterruptedException, InvalidProtocolBufferException {
    status();
    StatusRuntimeException thrown = failure.getNow(null);
    com.google.rpc.Status rpc = thrown == null ? null : StatusProto.fromThrowable(thrown);
    if (rpc == null) {
      return null;
    }
    for (com.google.protobuf.Any any : rpc.getDetailsList()) {
      if (any.is(type)) {
        return any.unpack(type);
      }
    }
    return null;
  }

  /** Everything that has come. */
  List<ServerMessage> all() {
    messages.drainTo(seen);
    return seen;
  }

  /** The messages of a kind that have come. */
  List<ServerMessage> all(ServerMessage.MessageTypeCase kind) {
    return all().stream().filter(m -> m.getMessageTypeCase() == kind).toList();
  }

  /** All audio that has come, joined. */
  byte[] speech() {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    all(ServerMessage.MessageTypeCase.AUDIO)
        .forEach(m -> joined.writeBytes(m.getAudio().getData().toByteArray()));
    return joined.toByteArray();
  }
}
