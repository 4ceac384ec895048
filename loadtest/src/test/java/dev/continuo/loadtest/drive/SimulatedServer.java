// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import com.google.protobuf.ByteString;
import dev.continuo.loadtest.plan.Behaviour;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.GetServerInfoResponse;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.TurnEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.function.LongUnaryOperator;

/**
 * A server in the test's own time: what it does is tasks of the same pacer, so every number is
 * exact.
 *
 * <p><i>Confined to the test's thread.</i>
 */
final class SimulatedServer implements Transport {
  static final long MS = 1_000_000L;
  private static final int RATE_HZ = 16_000;
  private static final int PIECE_SAMPLES = RATE_HZ / 10;

  final List<Session> sessions = new ArrayList<>();
  private final FakeTicker ticker;
  private final Pacer pacer;

  /** From the commit to the first audio, by the session's number. */
  IntToLongFunction latencyMillis = number -> 100;

  /** When something that was to be sent then is really sent. */
  LongUnaryOperator delivery = nanos -> nanos;

  /** Sessions at a time. */
  int most = Integer.MAX_VALUE;

  /** Whether audio starts with 100 ms of silence. */
  boolean silenceFirst;

  /** Whether a piece is left out. */
  boolean loseAPiece;

  boolean gone;
  private int open;

  SimulatedServer(FakeTicker ticker, Pacer pacer) {
    this.ticker = ticker;
    this.pacer = pacer;
  }

  @Override
  public GetServerInfoResponse serverInfo() {
    return GetServerInfoResponse.getDefaultInstance();
  }

  @Override
  public Call open(SessionConfig config, Behaviour behaviour, Events events) {
    Session session = new Session(sessions.size(), config, events);
    sessions.add(session);
    if (gone) {
      later(0, () -> session.fail("UNAVAILABLE", ""));
    } else if (open >= most) {
      later(1, () -> session.fail("RESOURCE_EXHAUSTED", "TOO_MANY_SESSIONS"));
    } else {
      open++;
      session.running = true;
      later(1, session::start);
    }
    return session;
  }

  /** Every session that runs fails. */
  void die() {
    gone = true;
    sessions.stream().filter(s -> s.running).forEach(s -> s.fail("UNAVAILABLE", ""));
  }

  @Override
  public void close() {}

  private void later(long millis, Runnable work) {
    pacer.at(delivery.applyAsLong(ticker.nanos() + millis * MS), intended -> work.run());
  }

  /** One session, seen from the server. */
  final class Session implements Call {
    final int number;
    final SessionConfig config;
    final Events events;
    final List<Long> frameNanos = new ArrayList<>();
    final List<Integer> frames = new ArrayList<>();
    boolean running;
    boolean aborted;

    Session(int number, SessionConfig config, Events events) {
      this.number = number;
      this.config = config;
      this.events = events;
    }

    void start() {
      if (running) {
        events.started(
            SessionStarted.newBuilder()
                .setSessionId("s" + number)
                .setOutput(
                    AudioFormat.newBuilder()
                        .setEncoding(AudioEncoding.AUDIO_ENCODING_LINEAR16)
                        .setSampleRateHertz(RATE_HZ))
                .build());
      }
    }

    void fail(String code, String reason) {
      if (running) {
        open--;
      }
      running = false;
      events.failed(code, reason, code);
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public void audio(int index) {
      frameNanos.add(ticker.nanos());
      frames.add(index);
    }

    @Override
    public void commit() {
      int pieces = Math.max(1, config.getMaxContinuationMillis() / 100);
      for (int i = 0; i < pieces; i++) {
        int index = i;
        later(latencyMillis.applyAsLong(number) + 100L * i, () -> piece(index, pieces));
      }
    }

    private void piece(int index, int pieces) {
      if (!running) {
        return;
      }
      byte[] pcm = new byte[2 * PIECE_SAMPLES];
      for (int i = 1; i < pcm.length && !(silenceFirst && index == 0); i += 2) {
        pcm[i] = 8;
      }
      if (!loseAPiece || index != 1) {
        events.audio(
            AudioOut.newBuilder()
                .setData(ByteString.copyFrom(pcm))
                .setSequenceNumber(index)
                .setSampleCount(PIECE_SAMPLES)
                .build());
      }
      if (index == pieces - 1) {
        events.turn(
            TurnEvent.newBuilder()
                .setType(TurnEvent.Type.TYPE_COMPLETED)
                .setContinuationSamples((long) pieces * PIECE_SAMPLES)
                .build());
        running = false;
        open--;
        events.ended();
      }
    }

    @Override
    public void abort() {
      aborted = true;
      if (running) {
        open--;
        running = false;
      }
    }
  }
}
