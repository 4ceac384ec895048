// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.GetServerInfoRequest;
import dev.continuo.v1.GetServerInfoResponse;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.SpeechContinuationGrpc;
import dev.continuo.v1.Stages;
import dev.continuo.v1.TurnEvent;
import dev.continuo.wire.Reasons;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;

/**
 * A server without a model whose every latency is known: session i answers its commit after a time
 * that a function gives, but never while it stalls.
 *
 * <p><i>Thread-safe.</i>
 */
public final class StandInServer extends SpeechContinuationGrpc.SpeechContinuationImplBase
    implements AutoCloseable {
  /** Its name for the bundle it does not have. */
  public static final String BUNDLE = "stand-in";

  private static final int RATE_HZ = 16_000;
  private static final int PIECE_MILLIS = 100;
  private static final int PIECE_SAMPLES = RATE_HZ * PIECE_MILLIS / 1000;

  /** Pieces that are sent at once, before the pace of playback. */
  private static final int LEAD_PIECES = 5;

  private static final ByteString TONE = tone();
  private static final LatencyTrace TRACE =
      LatencyTrace.newBuilder()
          .setFirstAudioMicros(42_000)
          .setFirstAudio(Stages.newBuilder().setDecodeMicros(40_000).setVocodeMicros(2000))
          .setRealTimeFactor(0.25)
          .build();

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "stand-in");
            thread.setDaemon(true);
            return thread;
          });
  private final List<Long> latencies = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final IntToLongFunction latencyMillis;
  private final int most;
  private final Server server;
  private final String address;
  private volatile long stallFromNanos = Long.MAX_VALUE;
  private volatile long stallToNanos = Long.MIN_VALUE;

  private StandInServer(IntToLongFunction latencyMillis, int most) throws IOException {
    this.latencyMillis = latencyMillis;
    this.most = most;
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(this)
            .build()
            .start();
    address = "127.0.0.1:" + server.getPort();
  }

  /**
   * Starts one on a free port.
   *
   * @param latencyMillis from the commit to the first audio, by the session's number
   * @param most sessions at a time; more are refused
   */
  public static StandInServer start(IntToLongFunction latencyMillis, int most) throws IOException {
    return new StandInServer(latencyMillis, most);
  }

  /** Starts one for a person to look at: {@code PORT} is printed. */
  public static void main(String[] arguments) throws Exception {
    StandInServer server = start(i -> 60 + 7L * i * i % 90, Integer.parseInt(arguments[0]));
    server.stall(12_000, 2_000);
    System.err.println("port " + server.server.getPort());
    server.server.awaitTermination();
  }

  /** Where it listens. */
  public String address() {
    return address;
  }

  /** Nothing is answered for a while. */
  public void stall(long inMillis, long forMillis) {
    stallFromNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(inMillis);
    stallToNanos = stallFromNanos + TimeUnit.MILLISECONDS.toNanos(forMillis);
  }

  /** From each commit to its answer, in nanoseconds, by this server's own clock. */
  public List<Long> latencies() {
    synchronized (latencies) {
      return List.copyOf(latencies);
    }
  }

  /** Sessions that clients ended. */
  public int cancelled() {
    return cancelled.get();
  }

  /** Sessions opened so far. */
  public int sessions() {
    return numbers.get();
  }

  /** Goes away in the middle of everything. */
  public void die() {
    server.shutdownNow();
  }

  @Override
  public void close() {
    server.shutdownNow();
    clock.shutdownNow();
  }

  @Override
  public void getServerInfo(
      GetServerInfoRequest request, StreamObserver<GetServerInfoResponse> responses) {
    responses.onNext(
        GetServerInfoResponse.newBuilder()
            .setVersion("stand-in")
            .addBundles(BundleInfo.newBuilder().setName(BUNDLE))
            .build());
    responses.onCompleted();
  }

  @Override
  public StreamObserver<ClientMessage> converse(StreamObserver<ServerMessage> responses) {
    return new Session(responses);
  }

  private final class Session implements StreamObserver<ClientMessage> {
    private final StreamObserver<ServerMessage> responses;
    private final int number = numbers.getAndIncrement();
    private int millis;
    private volatile long committedNanos;
    private boolean counted;

    Session(StreamObserver<ServerMessage> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(ClientMessage message) {
      switch (message.getMessageTypeCase()) {
        case CONFIG -> begin(message);
        case COMMIT -> {
          if (counted) {
            answerInTime();
          }
        }
        default -> {}
      }
    }

    private void begin(ClientMessage message) {
      millis = message.getConfig().getMaxContinuationMillis();
      if (open.get() >= most) {
        responses.onError(StatusProto.toStatusRuntimeException(full()));
        return;
      }
      counted = true;
      open.incrementAndGet();
      SessionStarted started =
          SessionStarted.newBuilder()
              .setSessionId("s" + number)
              .setOutput(
                  AudioFormat.newBuilder()
                      .setEncoding(message.getConfig().getOutput().getEncoding())
                      .setSampleRateHertz(RATE_HZ)
                      .setChannelCount(1))
              .build();
      send(ServerMessage.newBuilder().setStarted(started));
    }

    private void answerInTime() {
      long now = System.nanoTime();
      long atNanos = now + TimeUnit.MILLISECONDS.toNanos(latencyMillis.applyAsLong(number));
      if (atNanos >= stallFromNanos && atNanos < stallToNanos) {
        atNanos = stallToNanos;
      }
      committedNanos = now;
      later(this::answer, atNanos - System.nanoTime());
    }

    private void answer() {
      int pieces = Math.max(1, millis / PIECE_MILLIS);
      for (int i = 0; i < pieces; i++) {
        int index = i;
        long delayMillis = (long) PIECE_MILLIS * Math.max(0, i - LEAD_PIECES);
        later(() -> piece(index, pieces), TimeUnit.MILLISECONDS.toNanos(delayMillis));
      }
    }

    private void piece(int index, int pieces) {
      if (index == 0) {
        latencies.add(System.nanoTime() - committedNanos);
      }
      send(
          ServerMessage.newBuilder()
              .setAudio(
                  AudioOut.newBuilder()
                      .setData(TONE)
                      .setSequenceNumber(index)
                      .setFirstSampleIndex((long) index * PIECE_SAMPLES)
                      .setSampleCount(PIECE_SAMPLES)
                      .setTurnFinal(index == pieces - 1)));
      if (index == pieces - 1) {
        send(
            ServerMessage.newBuilder()
                .setTurn(
                    TurnEvent.newBuilder()
                        .setType(TurnEvent.Type.TYPE_COMPLETED)
                        .setContinuationSamples((long) pieces * PIECE_SAMPLES)));
        send(ServerMessage.newBuilder().setLatency(TRACE));
        send(
            ServerMessage.newBuilder()
                .setEnd(EndSession.newBuilder().setReason(EndSession.Reason.REASON_COMPLETED)));
        open.decrementAndGet();
        finish(responses::onCompleted);
      }
    }

    private void send(ServerMessage.Builder message) {
      finish(() -> responses.onNext(message.build()));
    }

    /** A client that has gone away makes sending fail: not this server's business. */
    private void finish(Runnable sending) {
      try {
        sending.run();
      } catch (RuntimeException e) {
        counted = false;
      }
    }

    @Override
    public void onError(Throwable thrown) {
      cancelled.incrementAndGet();
      if (counted) {
        open.decrementAndGet();
        counted = false;
      }
    }

    @Override
    public void onCompleted() {}
  }

  private void later(Runnable work, long delayNanos) {
    var unused = clock.schedule(work, delayNanos, TimeUnit.NANOSECONDS);
  }

  private static ByteString tone() {
    byte[] bytes = new byte[PIECE_SAMPLES * Short.BYTES];
    for (int i = 0; i < PIECE_SAMPLES; i++) {
      int sample = i % 2 == 0 ? 3000 : -3000;
      bytes[2 * i] = (byte) sample;
      bytes[2 * i + 1] = (byte) (sample >> 8);
    }
    return ByteString.copyFrom(bytes);
  }

  private static Status full() {
    return Status.newBuilder()
        .setCode(Code.RESOURCE_EXHAUSTED_VALUE)
        .setMessage("no room")
        .addDetails(
            Any.pack(
                ErrorInfo.newBuilder()
                    .setReason(Reasons.TOO_MANY_SESSIONS)
                    .setDomain(Reasons.DOMAIN)
                    .build()))
        .build();
  }
}
