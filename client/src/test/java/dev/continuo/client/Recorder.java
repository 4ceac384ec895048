// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.v1.AudioOut;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.GoAway;
import dev.continuo.v1.InputAck;
import dev.continuo.v1.InterruptionSignal;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Marker;
import dev.continuo.v1.SessionResumptionUpdate;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.SessionWarning;
import dev.continuo.v1.SpeechEvent;
import dev.continuo.v1.TokenTrace;
import dev.continuo.v1.TurnEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Keeps everything a conversation says.
 *
 * <p><i>Thread-safe.</i>
 */
class Recorder implements ConversationListener {
  private static final long PATIENCE_SECONDS = 30;

  final List<Object> heard = new CopyOnWriteArrayList<>();
  final Semaphore readiness = new Semaphore(0);
  private final CompletableFuture<Object> last = new CompletableFuture<>();

  /** What came last: an EndSession, or a ServerException. */
  Object last() throws Exception {
    return last.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  ServerException failure() throws Exception {
    assertThat(last()).isInstanceOf(ServerException.class);
    return (ServerException) last();
  }

  void awaitReady() throws InterruptedException {
    assertThat(readiness.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private void add(Object event) {
    assertThat(last).isNotDone();
    heard.add(event);
  }

  @Override
  public void opened(Conversation conversation) {
    add("opened");
  }

  @Override
  public void ready() {
    readiness.release();
  }

  @Override
  public void started(SessionStarted started) {
    add(started);
  }

  @Override
  public void audio(AudioOut audio) {
    add(audio);
  }

  @Override
  public void ack(InputAck ack) {
    add(ack);
  }

  @Override
  public void turn(TurnEvent event) {
    add(event);
  }

  @Override
  public void tokens(TokenTrace tokens) {
    add(tokens);
  }

  @Override
  public void latency(LatencyTrace trace) {
    add(trace);
  }

  @Override
  public void marker(Marker marker) {
    add(marker);
  }

  @Override
  public void speech(SpeechEvent event) {
    add(event);
  }

  @Override
  public void interrupted(InterruptionSignal signal) {
    add(signal);
  }

  @Override
  public void resumption(SessionResumptionUpdate update) {
    add(update);
  }

  @Override
  public void warning(SessionWarning warning) {
    add(warning);
  }

  @Override
  public void goAway(GoAway goAway) {
    add(goAway);
  }

  @Override
  public void ended(EndSession end) {
    add(end);
    last.complete(end);
  }

  @Override
  public void failed(ServerException failure) {
    add(failure);
    last.complete(failure);
  }
}
