// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SpeechContinuationGrpc.SpeechContinuationImplBase;
import dev.continuo.wire.Reasons;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A server of the contract that does what a test says, in this process.
 *
 * <p><i>Thread-safe.</i>
 */
public final class FakeServer extends SpeechContinuationImplBase implements AutoCloseable {
  private static final AtomicInteger NAMES = new AtomicInteger();

  /** What came in, in order. */
  public final List<ClientMessage> received = new CopyOnWriteArrayList<>();

  /** Calls as they were opened, to be driven by a test. */
  public final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

  /** What is done with each message. */
  public volatile BiConsumer<Call, ClientMessage> script = (call, message) -> {};

  /** What is done when more can be said. */
  public volatile Runnable whenReady = () -> {};

  /** Whether messages are only taken when a test asks for them. */
  public volatile boolean stalled;

  private final String name = "fake-" + NAMES.incrementAndGet();
  private @Nullable Server server;

  /**
   * One conversation as the server sees it. <i>Thread-safe as gRPC's observer is not: one test.
   * </i>
   */
  public static final class Call {
    public final ServerCallStreamObserver<ServerMessage> out;
    public final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    Call(ServerCallStreamObserver<ServerMessage> out) {
      this.out = out;
    }

    public void say(ServerMessage.Builder message) {
      out.onNext(message.build());
    }

    public void end() {
      say(
          ServerMessage.newBuilder()
              .setEnd(EndSession.newBuilder().setReason(EndSession.Reason.REASON_COMPLETED)));
      out.onCompleted();
    }

    public void fail(Status status, String reason, Message... details) {
      out.onError(failure(status, reason, details));
    }
  }

  public static StatusRuntimeException failure(Status status, String reason, Message... details) {
    com.google.rpc.Status.Builder rich =
        com.google.rpc.Status.newBuilder()
            .setCode(status.getCode().value())
            .setMessage(String.valueOf(status.getDescription()))
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder().setReason(reason).setDomain(Reasons.DOMAIN).build()));
    for (Message detail : details) {
      rich.addDetails(Any.pack(detail));
    }
    return StatusProto.toStatusRuntimeException(rich.build());
  }

  /** Starts in process. */
  FakeServer start() throws IOException {
    server = InProcessServerBuilder.forName(name).addService(this).build().start();
    return this;
  }

  /** Starts on a free port of this machine; returns HOST:PORT. */
  public String listen() throws IOException {
    return listen(InsecureServerCredentials.create());
  }

  /** The same with TLS, by a certificate for localhost that nobody but a test trusts. */
  String listenEncrypted() throws IOException {
    return listen(
        TlsServerCredentials.create(resource("localhost.pem"), resource("localhost.key")));
  }

  private String listen(ServerCredentials credentials) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Server started =
        NettyServerBuilder.forAddress(anyPort, credentials).addService(this).build().start();
    server = started;
    return "localhost:" + started.getPort();
  }

  private static InputStream resource(String file) {
    return Objects.requireNonNull(FakeServer.class.getResourceAsStream(file));
  }

  /** A client of it, whose callbacks run on gRPC's pool. */
  ConversationClient client() {
    return new ConversationClient(
        "fake", InProcessChannelBuilder.forName(name).build(), () -> {}, Duration.ofSeconds(20));
  }

  @Override
  public StreamObserver<ClientMessage> converse(StreamObserver<ServerMessage> responses) {
    Call call = new Call((ServerCallStreamObserver<ServerMessage>) responses);
    if (stalled) {
      call.out.disableAutoRequest();
    }
    call.out.setOnReadyHandler(() -> whenReady.run());
    call.out.setOnCancelHandler(() -> call.events.add("cancelled"));
    calls.add(call);
    return new StreamObserver<>() {
      @Override
      public void onNext(ClientMessage message) {
        received.add(message);
        script.accept(call, message);
      }

      @Override
      public void onError(Throwable thrown) {}

      @Override
      public void onCompleted() {
        call.events.add("half-closed");
      }
    };
  }

  @Override
  public void close() {
    if (server != null) {
      server.shutdownNow();
    }
  }
}
