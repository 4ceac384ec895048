// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import com.google.protobuf.ByteString;
import dev.continuo.model.pipeline.Continuation;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.Commit;
import dev.continuo.v1.SessionConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A session between a fake client and a fake voice. */
final class Desk {
  static final ServerLimits LIMITS =
      new ServerLimits(65_536, 10_000, 8_000, 5_000, 60_000, 4, 3_000, 1_000);
  static final long SEED = 99;

  final FakeTicker ticker = new FakeTicker();
  final FakeVoice voice = new FakeVoice();
  final FakeOutlet client = new FakeOutlet();
  final FakeObserver observed = new FakeObserver();
  final Seats seats;
  final List<Seats.Seat> post = new ArrayList<>();
  final Session session;

  Desk() {
    this(new Seats(LIMITS.maxSessions()));
  }

  Desk(Seats seats) {
    this.seats = seats;
    Session.Postbox postbox =
        new Session.Postbox() {
          @Override
          public void post(Voice.Event event) {
            throw new AssertionError("the fake voice says nothing by itself");
          }

          @Override
          public void post(Seats.Seat seat) {
            post.add(seat);
          }
        };
    session =
        new Session(
            new Session.Origin("s-1", ""),
            new Session.Surroundings(
                new Bundles(List.of(voice)), LIMITS, ticker, () -> SEED, seats, observed),
            client,
            postbox);
  }

  /** One whose client has sent a config. */
  static Desk listening(SessionConfig.Builder config) {
    Desk desk = new Desk();
    desk.say(ClientMessage.newBuilder().setConfig(config));
    return desk;
  }

  /** One that has heard a second and been committed to. */
  static Desk speaking(SessionConfig.Builder config) {
    Desk desk = listening(config);
    desk.audio(32_000);
    desk.commit();
    desk.event(new Voice.Heard(16_000, List.of(1, 2, 3)));
    desk.event(new Voice.Committed());
    return desk;
  }

  void say(ClientMessage.Builder message) {
    boolean queued = !post.isEmpty();
    session.receive(message.build());
    if (!queued && !post.isEmpty()) {
      session.seated(post.remove(0)); // one that it has not waited for
    }
  }

  void audio(int bytes) {
    say(
        ClientMessage.newBuilder()
            .setAudio(AudioChunk.newBuilder().setData(ByteString.copyFrom(new byte[bytes]))));
  }

  void commit() {
    say(ClientMessage.newBuilder().setCommit(Commit.getDefaultInstance()));
  }

  void event(Voice.Event event) {
    session.receive(event);
  }

  /** The voice says so much more. */
  void said(int millis) {
    event(FakeVoice.said(millis, ticker.nanos()));
  }

  void ended() {
    event(
        new Voice.Ended(
            Continuation.End.SECONDS,
            FakeVoice.times(Map.of(Stage.TOKENIZE, 10L, Stage.DECODE, 60L, Stage.WAIT, 500L))));
  }

  /** Lets time pass as the session asks to be woken. */
  void pass(long millis) {
    long end = ticker.nanos() + millis * 1_000_000;
    while (session.wakeNanos() <= end && !session.over()) {
      long wait = Math.max(0, session.wakeNanos() - ticker.nanos());
      ticker.advanceMillis((wait + 999_999) / 1_000_000);
      session.wake();
    }
    ticker.advanceMillis(Math.max(0, (end - ticker.nanos()) / 1_000_000));
  }
}
