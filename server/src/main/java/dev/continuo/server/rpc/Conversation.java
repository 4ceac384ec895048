// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import dev.continuo.server.session.Outlet;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.Session;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.server.session.Voice;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.ServerMessage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One {@code Converse} call: brings the client's messages, the voice's events and the time to a
 * {@link Session}, one after the other, and what it sends to the client.
 *
 * <p>One message is read at a time, the next when the session wants it; that is the credit in audio
 * time. The first message is taken on the transport's thread, so that who is refused is told before
 * anything is made for those who are let in. <i>Thread-safe: every method hands on to one order of
 * tasks; the transport's and the engine's threads never wait.</i>
 */
final class Conversation implements StreamObserver<ClientMessage>, Outlet, Session.Postbox {
  private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

  private static final String SESSION = "session_id"; // in the log

  private final ServerCallStreamObserver<ServerMessage> client;
  private final Session session;
  private final Session.Surroundings around;
  private final Workers workers;
  private final SerialExecutor order;
  private final Consumer<Conversation> whenOver;

  private boolean knocked; // whether the first message has come; of the transport's threads
  private boolean asked; // for one more message
  private boolean over;
  private long wakeNanos = Long.MAX_VALUE;
  private @Nullable Future<?> alarm;

  Conversation(
      Session.Origin origin,
      ServerCallStreamObserver<ServerMessage> client,
      Session.Surroundings around,
      Workers workers,
      Consumer<Conversation> whenOver) {
    this.client = client;
    this.around = around;
    this.workers = workers;
    this.order = workers.serial();
    this.whenOver = whenOver;
    this.session = new Session(origin, around, this, this);
  }

  /** Starts reading; called once, within the call's own method. */
  void begin() {
    client.disableAutoRequest();
    client.setOnCancelHandler(() -> run(session::abandon));
    client.setOnReadyHandler(this::ready);
    client.setOnCloseHandler(() -> {});
    asked = true; // whether there is room to answer does not matter for the first
    client.request(1);
    order.now(() -> inTurn(() -> {})); // to end who does not say anything
  }

  /** Before the first message nothing waits for the client to read. */
  private void ready() {
    if (knocked) {
      run(session::wake);
    }
  }

  @Override
  public void onNext(ClientMessage message) {
    Runnable task =
        () -> {
          asked = false;
          session.receive(message);
        };
    if (knocked) {
      run(task);
    } else {
      knocked = true;
      order.now(() -> inTurn(task));
    }
  }

  @Override
  public void onError(Throwable failure) {
    run(session::abandon);
  }

  @Override
  public void onCompleted() {
    run(session::halfClose);
  }

  /** Tells the client that the server will close. */
  void goAway(int timeLeftMillis, String reason) {
    run(() -> session.goAway(timeLeftMillis, reason));
  }

  @Override
  public void post(Voice.Event event) {
    run(() -> session.receive(event));
  }

  @Override
  public void post(Seats.Seat seat) {
    run(() -> session.seated(seat));
  }

  @Override
  public boolean isReady() {
    return client.isReady();
  }

  @Override
  public void send(ServerMessage message) {
    client.onNext(message);
  }

  @Override
  public void complete() {
    client.onCompleted();
  }

  @Override
  public void fail(SessionFailure failure) {
    client.onError(StatusMapper.of(failure));
  }

  private void run(Runnable task) {
    order.execute(() -> inTurn(task));
  }

  private void inTurn(Runnable task) {
    MDC.put(SESSION, session.id());
    try {
      task.run();
      follow();
    } catch (RuntimeException | Error e) {
      defect(e);
    } finally {
      MDC.remove(SESSION);
    }
  }

  /** What is to be done after each task. */
  private void follow() {
    if (session.over()) {
      end();
      return;
    }
    if (!asked && session.wantsInput()) {
      asked = true;
      client.request(1);
    }
    long next = session.wakeNanos();
    if (next < wakeNanos) {
      disarm();
      wakeNanos = next;
      alarm = workers.after(Math.max(0, next - around.ticker().nanos()), () -> run(this::ring));
    }
  }

  private void ring() {
    wakeNanos = Long.MAX_VALUE;
    session.wake();
  }

  private void disarm() {
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
    }
  }

  private void end() {
    if (!over) {
      over = true;
      disarm();
      whenOver.accept(this);
    }
  }

  private void defect(Throwable failure) {
    LOG.error("defect, request {}", session.requestId(), failure);
    try {
      session.defect();
      if (!over) {
        client.onError(StatusMapper.defect(session.requestId()));
      }
    } catch (IllegalStateException e) {
      LOG.debug("the call was over already", e);
    } finally {
      end();
    }
  }
}
