// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.Cancel;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.InputAck;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Marker;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.PlaybackPosition;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.ServerMessage.MessageTypeCase;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.SessionUpdate;
import dev.continuo.v1.TurnEvent;
import dev.continuo.wire.Reasons;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The state machine: what is answered when. */
class SessionTest {
  private static SessionConfig.Builder config() {
    return SessionConfig.newBuilder();
  }

  private static ClientMessage.Builder chunk(long number, int bytes) {
    return ClientMessage.newBuilder()
        .setAudio(
            AudioChunk.newBuilder()
                .setSequenceNumber(number)
                .setData(ByteString.copyFrom(new byte[bytes])));
  }

  @Test
  void tellsEveryEffectiveSettingFirst() {
    Desk desk = Desk.listening(config());
    SessionStarted started = desk.client.sent.get(0).getStarted();
    assertThat(desk.client.sent).hasSize(1);
    assertThat(started.getSessionId()).isEqualTo("s-1");
    assertThat(started.getBundle().getName()).isEqualTo("fake");
    assertThat(started.getInput().getEncoding()).isEqualTo(AudioEncoding.AUDIO_ENCODING_LINEAR16);
    assertThat(started.getInput().getSampleRateHertz()).isEqualTo(16_000);
    assertThat(started.getInput().getChannelCount()).isEqualTo(1);
    assertThat(started.getOutput().getSampleRateHertz()).isEqualTo(FakeVoice.RATE_HZ);
    assertThat(started.getSampling().getSeed()).isEqualTo(Desk.SEED);
    assertThat(started.getSampling().getTemperature()).isEqualTo(0.8);
    assertThat(started.getSampling().getTopK()).isEqualTo(50);
    assertThat(started.getSampling().getTopP()).isEqualTo(1);
    assertThat(started.getMaxContinuationMillis()).isEqualTo(6_000);
    assertThat(started.getFirstChunkMillis()).isEqualTo(40);
    assertThat(started.getMaxChunkMillis()).isEqualTo(200);
    assertThat(started.getPacing()).isEqualTo(Pacing.PACING_REAL_TIME);
    assertThat(started.getPlaybackLeadMillis()).isEqualTo(1_000);
    assertThat(started.getInputAckIntervalMillis()).isEqualTo(200);
    assertThat(started.getLatencyTrace()).isTrue();
    assertThat(started.getTokenTrace()).isFalse();
    assertThat(started.getIdleTimeoutMillis()).isEqualTo(Desk.LIMITS.maxIdleMillis());
    assertThat(started.getLimits()).isEqualTo(Desk.LIMITS.message());
    assertThat(desk.voice.request)
        .isEqualTo(
            new VoiceBundle.Request(
                "s-1", 16_000, 160_000, 6, dev.continuo.model.Sampling.defaults(Desk.SEED)));
  }

  @Test
  void namesItsClientsRequestInEveryMessage() {
    Desk desk = new Desk();
    desk.say(ClientMessage.newBuilder().setRequestId("mine").setConfig(config()));
    assertThat(desk.client.sent).allMatch(m -> m.getRequestId().equals("mine"));
    Desk nameless = Desk.listening(config());
    assertThat(nameless.client.sent.get(0).getRequestId()).isEqualTo("s-1");
  }

  @Test
  void acknowledgesEachIntervalOfInputAndTheCommit() {
    Desk desk = Desk.listening(config());
    desk.audio(6_400);
    desk.event(new Voice.Heard(3_199, List.of(4)));
    assertThat(desk.client.of(MessageTypeCase.ACK)).isEmpty();
    desk.event(new Voice.Heard(3_200, List.of(5, 6)));
    InputAck ack = desk.client.of(MessageTypeCase.ACK).get(0).getAck();
    assertThat(ack.getReceivedSamples()).isEqualTo(3_200);
    assertThat(ack.getConsumedSamples()).isEqualTo(3_200);
    assertThat(ack.getPromptUnits()).isEqualTo(3);
    desk.commit();
    desk.event(new Voice.Heard(3_200, List.of(7)));
    desk.event(new Voice.Committed());
    assertThat(desk.client.of(MessageTypeCase.ACK)).hasSize(2);
    TurnEvent turn = desk.client.of(MessageTypeCase.TURN).get(0).getTurn();
    assertThat(turn.getType()).isEqualTo(TurnEvent.Type.TYPE_COMMITTED);
    assertThat(turn.getPromptUnits()).isEqualTo(4);
  }

  @Test
  void acknowledgesNothingWhereNoneIsWanted() {
    Desk desk = Desk.speaking(config().setInputAckIntervalMillis(0));
    assertThat(desk.client.of(MessageTypeCase.ACK)).isEmpty();
  }

  @Test
  void sendsGrowingPiecesWithTheirPlaceAndUnits() {
    Desk desk = Desk.speaking(config());
    desk.said(500);
    desk.said(100);
    desk.ended();
    List<AudioOut> pieces = audio(desk);
    assertThat(pieces.stream().map(AudioOut::getSampleCount))
        .containsExactly(960, 1920, 3840, 4800, 2880);
    long next = 0;
    for (int i = 0; i < pieces.size(); i++) {
      assertThat(pieces.get(i).getSequenceNumber()).isEqualTo(i);
      assertThat(pieces.get(i).getFirstSampleIndex()).isEqualTo(next);
      assertThat(pieces.get(i).getTurnFinal()).isEqualTo(i == pieces.size() - 1);
      next += pieces.get(i).getSampleCount();
    }
    assertThat(next).isEqualTo(600 * 24);
    assertThat(pieces.get(0).getUnitsCount()).isEqualTo(1); // at sample 0
    assertThat(pieces.get(4).getUnitsCount()).isEqualTo(1); // known with the speech after it
    TurnEvent done = desk.client.of(MessageTypeCase.TURN).get(1).getTurn();
    assertThat(done.getReason()).isEqualTo(TurnEvent.Reason.REASON_MAX_LENGTH);
    assertThat(done.getContinuationUnits()).isEqualTo(2);
    assertThat(done.getContinuationSamples()).isEqualTo(600 * 24);
    assertThat(desk.client.completed).isTrue();
    assertThat(desk.voice.closed).isTrue();
    ServerMessage last = desk.client.sent.get(desk.client.sent.size() - 1);
    assertThat(last.getEnd().getReason()).isEqualTo(EndSession.Reason.REASON_COMPLETED);
  }

  private static List<AudioOut> audio(Desk desk) {
    return desk.client.of(MessageTypeCase.AUDIO).stream().map(ServerMessage::getAudio).toList();
  }

  private static long spokenMillis(Desk desk) {
    return audio(desk).stream().mapToLong(AudioOut::getSampleCount).sum() / 24;
  }

  @Test
  void staysTheLeadAheadOfThePlayback() {
    Desk desk = Desk.speaking(config());
    for (int i = 0; i < 30; i++) {
      desk.said(100);
    }
    assertThat(spokenMillis(desk)).isBetween(801L, 1_000L);
    desk.pass(500);
    assertThat(spokenMillis(desk)).isBetween(1_301L, 1_500L);
    desk.pass(1_000);
    assertThat(spokenMillis(desk)).isBetween(2_301L, 2_500L);
    desk.ended();
    assertThat(desk.client.completed).isFalse();
    desk.pass(1_000);
    assertThat(spokenMillis(desk)).isEqualTo(3_000);
    assertThat(desk.client.completed).isTrue();
  }

  @Test
  void letsNoMoreBeMadeThanIsSoonSent() {
    Desk desk = Desk.speaking(config());
    assertThat(desk.voice.allowed).isEqualTo(9_600); // 0.4 s
    for (int i = 0; i < 30; i++) {
      desk.said(100);
    }
    assertThat(desk.voice.allowed).isEqualTo(spokenMillis(desk) * 24 + 9_600);
  }

  @Test
  void holdsNothingBackFromFiles() {
    Desk desk = Desk.speaking(config().setPacing(Pacing.PACING_NONE));
    for (int i = 0; i < 30; i++) {
      desk.said(100);
    }
    assertThat(spokenMillis(desk)).isGreaterThan(2_800);
  }

  @Test
  void tracesPartsOfTheFirstLatencyThatSumToIt() {
    Desk desk = Desk.speaking(config());
    desk.ticker.advanceMillis(50);
    desk.said(200);
    desk.ended();
    LatencyTrace trace = desk.client.of(MessageTypeCase.LATENCY).get(0).getLatency();
    assertThat(trace.getFirstAudioMicros()).isEqualTo(50_000);
    assertThat(trace.getFirstAudio().getTokenizeMicros()).isEqualTo(2_000);
    assertThat(trace.getFirstAudio().getDecodeMicros()).isEqualTo(30_000);
    assertThat(trace.getFirstAudio().getVocodeMicros()).isEqualTo(6_000);
    assertThat(trace.getFirstAudio().getQueueMicros()).isEqualTo(12_000);
    assertThat(trace.getCompute().getDecodeMicros()).isEqualTo(60_000);
    assertThat(trace.getCompute().getQueueMicros()).isZero();
    assertThat(trace.getPromptMicros()).isEqualTo(1_000_000);
    assertThat(trace.getContinuationMicros()).isEqualTo(200_000);
    assertThat(trace.getRealTimeFactor()).isEqualTo(70 / 200.0);
  }

  @Test
  void tracesNothingThatIsNotWanted() {
    Desk desk = Desk.speaking(config().setLatencyTrace(false));
    desk.said(200);
    desk.ended();
    assertThat(desk.client.of(MessageTypeCase.LATENCY)).isEmpty();
    assertThat(desk.client.of(MessageTypeCase.TOKENS)).isEmpty();
  }

  @Test
  void tracesUnitsAsTheyAreMade() {
    Desk desk = Desk.speaking(config().setTokenTrace(true));
    desk.said(10);
    List<ServerMessage> tokens = desk.client.of(MessageTypeCase.TOKENS);
    assertThat(tokens.get(0).getTokens().getUnitsList()).containsExactly(1, 2, 3);
    assertThat(tokens.get(1).getTokens().getUnitsList()).containsExactly(7);
  }

  @Test
  void answersMarkersWhenWhatCameBeforeHasBeenTakenIn() {
    Desk desk = Desk.listening(config());
    Marker marker = Marker.newBuilder().setName("here").build();
    desk.audio(640);
    desk.say(ClientMessage.newBuilder().setMarker(marker));
    desk.event(new Voice.Heard(319, List.of()));
    assertThat(desk.client.of(MessageTypeCase.MARKER)).isEmpty();
    desk.event(new Voice.Heard(320, List.of()));
    assertThat(desk.client.of(MessageTypeCase.MARKER).get(0).getMarker()).isEqualTo(marker);
  }

  @Test
  void takesTheEndOfTheStreamForACommit() {
    Desk desk = Desk.listening(config());
    desk.audio(640);
    desk.session.halfClose();
    assertThat(desk.voice.committed).isTrue();
    desk.session.halfClose();
    assertThat(desk.client.failure).isNull();
  }

  @Test
  void stopsAtOnceWhenCancelled() {
    Desk desk = Desk.speaking(config());
    desk.said(2_000);
    int before = audio(desk).size();
    desk.say(ClientMessage.newBuilder().setCancel(Cancel.getDefaultInstance()));
    assertThat(audio(desk)).hasSize(before);
    assertThat(desk.voice.closed).isTrue();
    assertThat(desk.client.completed).isTrue();
    TurnEvent done = desk.client.of(MessageTypeCase.TURN).get(1).getTurn();
    assertThat(done.getReason()).isEqualTo(TurnEvent.Reason.REASON_CANCELLED);
    assertThat(desk.client.of(MessageTypeCase.END).get(0).getEnd().getReason())
        .isEqualTo(EndSession.Reason.REASON_CANCELLED);
    desk.said(100);
    desk.ended();
    assertThat(desk.session.wakeNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void refusesWhatComesInTheWrongOrder() {
    assertThat(failed(d -> d.audio(640), new Desk())).isEqualTo(Reasons.CONFIG_EXPECTED);
    assertThat(failed(d -> d.session.halfClose(), new Desk())).isEqualTo(Reasons.CONFIG_EXPECTED);
    assertThat(failed(d -> d.say(ClientMessage.newBuilder()), new Desk()))
        .isEqualTo(Reasons.CONFIG_EXPECTED);
    assertThat(failed(d -> d.say(ClientMessage.newBuilder().setConfig(config())), listening()))
        .isEqualTo(Reasons.CONFIG_TWICE);
    assertThat(failed(d -> d.say(ClientMessage.newBuilder()), listening()))
        .isEqualTo(Reasons.EMPTY_MESSAGE);
    assertThat(failed(Desk::commit, listening())).isEqualTo(Reasons.INVALID_AUDIO);
    assertThat(failed(d -> d.session.halfClose(), listening())).isEqualTo(Reasons.INVALID_AUDIO);
    assertThat(failed(Desk::commit, Desk.speaking(config()))).isEqualTo(Reasons.OUT_OF_ORDER);
  }

  @Test
  void refusesASecondTurnNamingTheField() {
    Desk desk = Desk.speaking(config());
    desk.audio(640);
    assertThat(desk.client.reason()).isEqualTo(Reasons.NOT_BUILT);
    assertThat(desk.client.failed().field()).contains("audio");
    Desk updated = listening();
    updated.say(ClientMessage.newBuilder().setUpdate(SessionUpdate.getDefaultInstance()));
    assertThat(updated.client.failed().field()).contains("update");
  }

  private static Desk listening() {
    return Desk.listening(config());
  }

  private static String failed(java.util.function.Consumer<Desk> act, Desk desk) {
    act.accept(desk);
    assertThat(desk.session.over()).isTrue();
    return desk.client.reason();
  }

  @Test
  void freesTheVoiceWhateverEndsTheSession() {
    Desk failing = listening();
    failing.audio(641);
    assertThat(failing.voice.closed).isTrue();
    Desk gone = listening();
    gone.session.abandon();
    assertThat(gone.voice.closed).isTrue();
    assertThat(gone.client.failure).isNull();
    Desk broken = listening();
    assertThatThrownBy(() -> broken.event(new Voice.Failed(new IllegalStateException("broken"))))
        .hasMessage("broken");
    assertThat(broken.voice.closed).isTrue();
  }

  @Test
  void takesLostChunksForSilenceOfTheirLength() {
    Desk desk = listening();
    desk.say(chunk(0, 640));
    desk.say(chunk(3, 320));
    assertThat(desk.voice.heardSamples).isEqualTo(320 + 2 * 160 + 160);
    desk.say(chunk(3, 320));
    assertThat(desk.client.reason()).isEqualTo(Reasons.INVALID_AUDIO);
    assertThat(desk.client.failed().field()).contains("audio.sequence_number");
  }

  @Test
  void boundsThePromptLostChunksIncluded() {
    Desk desk = listening();
    for (int second = 0; second < 10; second++) {
      desk.audio(32_000);
    }
    assertThat(desk.client.failure).isNull();
    desk.audio(2);
    assertThat(desk.client.reason()).isEqualTo(Reasons.AUDIO_TOO_LONG);
    Desk jumping = listening();
    jumping.say(chunk(1L << 40, 640));
    assertThat(jumping.client.reason()).isEqualTo(Reasons.AUDIO_TOO_LONG);
  }

  @Test
  void readsNoFurtherThanTheModelsFollow() {
    Desk desk = listening();
    for (int i = 0; i < 9; i++) {
      desk.audio(3_200);
      assertThat(desk.session.wantsInput()).isTrue();
    }
    desk.audio(3_200);
    assertThat(desk.session.wantsInput()).isFalse();
    desk.event(new Voice.Heard(1_600, List.of()));
    assertThat(desk.session.wantsInput()).isTrue();
  }

  @Test
  void endsAClientThatSaysNothing() {
    Desk silent = new Desk();
    silent.pass(4_999);
    assertThat(silent.client.failure).isNull();
    silent.pass(2);
    assertThat(silent.client.reason()).isEqualTo(Reasons.IDLE_TIMEOUT);
    Desk chosen = Desk.listening(config().setIdleTimeoutMillis(100));
    chosen.pass(101);
    assertThat(chosen.client.reason()).isEqualTo(Reasons.IDLE_TIMEOUT);
  }

  @Test
  void doesNotBlameAClientThatIsNotAskedFor() {
    Desk desk = listening();
    desk.audio(32_000); // all there is room for
    desk.pass(20_000);
    assertThat(desk.client.failure).isNull();
    desk.event(new Voice.Heard(16_000, List.of()));
    desk.pass(4_999);
    assertThat(desk.client.failure).isNull();
    desk.pass(2);
    assertThat(desk.client.reason()).isEqualTo(Reasons.IDLE_TIMEOUT);
  }

  @Test
  void endsAtItsGreatestAge() {
    Desk desk = Desk.speaking(config());
    desk.pass(59_999);
    assertThat(desk.client.failure).isNull();
    desk.pass(2);
    assertThat(desk.client.reason()).isEqualTo(Reasons.SESSION_MAX_AGE);
  }

  @Test
  void endsAClientThatDoesNotRead() {
    Desk desk = Desk.speaking(config());
    desk.client.ready = false;
    desk.said(500);
    assertThat(audio(desk)).isEmpty();
    desk.pass(2_000);
    desk.client.ready = true;
    desk.session.wake();
    assertThat(audio(desk)).isNotEmpty();
    desk.client.ready = false;
    desk.said(500);
    desk.pass(2_999);
    assertThat(desk.client.failure).isNull();
    desk.pass(2);
    assertThat(desk.client.reason()).isEqualTo(Reasons.SLOW_CONSUMER);
    assertThat(desk.voice.closed).isTrue();
  }

  @Test
  void letsASessionFinishBeforeTheServerCloses() {
    Desk desk = Desk.speaking(config());
    desk.session.goAway(2_000, "going");
    assertThat(desk.client.of(MessageTypeCase.GO_AWAY).get(0).getGoAway().getTimeLeftMillis())
        .isEqualTo(2_000);
    desk.said(100);
    desk.ended();
    assertThat(desk.client.completed).isTrue();
    Desk late = listening();
    late.session.goAway(2_000, "going");
    late.pass(2_001);
    assertThat(late.client.reason()).isEqualTo(Reasons.SHUTTING_DOWN);
    assertThat(late.client.failed().retryAfterMillis()).isPositive();
    Desk fresh = new Desk();
    fresh.session.goAway(2_000, "going");
    assertThat(fresh.client.reason()).isEqualTo(Reasons.SHUTTING_DOWN);
  }

  @Test
  void warnsOnceOfEachFieldItDoesNotKnow() {
    UnknownFieldSet newer =
        UnknownFieldSet.newBuilder()
            .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    Desk desk = Desk.listening(config().setUnknownFields(newer));
    desk.say(chunk(0, 640).setUnknownFields(newer));
    desk.say(chunk(1, 640).setUnknownFields(newer));
    assertThat(desk.client.sent.get(0).hasStarted()).isTrue();
    assertThat(desk.client.of(MessageTypeCase.WARNING).stream().map(m -> m.getWarning().getField()))
        .containsExactly("config.99", "99");
    desk.say(ClientMessage.newBuilder().setPlayback(PlaybackPosition.getDefaultInstance()));
    desk.say(ClientMessage.newBuilder().setPlayback(PlaybackPosition.getDefaultInstance()));
    assertThat(desk.client.of(MessageTypeCase.WARNING)).hasSize(3);
  }

  @Test
  void sendsOpusPacketsThatCoverTheSpeechAndTheDelay() {
    Desk desk =
        Desk.speaking(
            config()
                .setPacing(Pacing.PACING_NONE)
                .setOutput(
                    AudioFormat.newBuilder().setEncoding(AudioEncoding.AUDIO_ENCODING_OPUS)));
    int skip = desk.client.sent.get(0).getStarted().getOpusPreSkipSamples();
    assertThat(skip).isPositive();
    desk.said(110);
    desk.ended();
    List<AudioOut> packets = audio(desk);
    assertThat(packets.get(0).getFirstSampleIndex()).isEqualTo(-skip);
    assertThat(packets.stream().mapToInt(AudioOut::getSampleCount).sum()).isEqualTo(110 * 24);
    assertThat(packets).hasSize((110 * 24 + skip + 479) / 480);
    assertThat(packets.get(packets.size() - 1).getTurnFinal()).isTrue();
  }

  @Test
  void decidesFirstAndMakesWhatItNeedsInAnotherCall() {
    Desk desk = new Desk();
    UnknownFieldSet newer =
        UnknownFieldSet.newBuilder()
            .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    desk.session.receive(
        ClientMessage.newBuilder().setConfig(config()).setUnknownFields(newer).build());
    assertThat(desk.seats.taken()).isEqualTo(1);
    assertThat(desk.post).hasSize(1);
    assertThat(desk.voice.request).isNull();
    assertThat(desk.client.sent).isEmpty();
    assertThat(desk.session.wantsInput()).isFalse();
    desk.session.seated(desk.post.get(0));
    assertThat(desk.voice.request).isNotNull();
    assertThat(desk.client.sent).hasSize(2);
    assertThat(desk.client.sent.get(0).hasStarted()).isTrue();
    assertThat(desk.client.sent.get(1).hasWarning()).isTrue();
    assertThat(desk.session.wantsInput()).isTrue();
    assertThat(desk.observed.waiting).isZero(); // it stood in no line
  }

  @Test
  void refusesWithoutMakingAnything() {
    Desk desk = new Desk(new Seats(0));
    desk.ticker.advanceMillis(3);
    desk.say(ClientMessage.newBuilder().setConfig(config()));
    assertThat(desk.client.reason()).isEqualTo(Reasons.TOO_MANY_SESSIONS);
    assertThat(desk.client.failed().retryAfterMillis()).isPositive();
    assertThat(desk.client.sent).isEmpty();
    assertThat(desk.post).isEmpty();
    assertThat(desk.voice.request).isNull();
    assertThat(desk.observed.told).isEmpty();
    assertThat(desk.observed.rejectedNanos).containsExactly(3_000_000L);
    assertThat(desk.session.over()).isTrue();
  }

  @Test
  void givesItsSeatBackWhereItsClientGoesBeforeItBegins() {
    Desk desk = new Desk();
    desk.session.receive(ClientMessage.newBuilder().setConfig(config()).build());
    desk.session.abandon();
    desk.session.seated(desk.post.get(0));
    assertThat(desk.seats.taken()).isZero();
    assertThat(desk.voice.request).isNull();
  }

  @Test
  void waitsInLineForASeatAndReadsNothingMeanwhile() {
    Seats seats = new Seats(1, 1, new FakeTicker());
    Seats.Seat taken = seats.take();
    Desk desk = new Desk(seats);
    desk.say(ClientMessage.newBuilder().setConfig(config()));
    assertThat(desk.client.sent).isEmpty();
    assertThat(desk.session.wantsInput()).isFalse();
    assertThat(desk.observed.waiting).isEqualTo(1);
    desk.pass(1_500);
    taken.free();
    assertThat(desk.post).hasSize(1);
    desk.session.seated(desk.post.get(0));
    assertThat(desk.client.sent.get(0).hasStarted()).isTrue();
    assertThat(desk.session.wantsInput()).isTrue();
    assertThat(desk.observed.waiting).isZero();
    assertThat(desk.observed.waitedNanos).containsExactly(1_500_000_000L);
    desk.pass(Desk.LIMITS.maxIdleMillis() - 1_000); // its silence counts from now on
    assertThat(desk.client.failure).isNull();
    desk.audio(32_000);
    desk.commit();
    desk.said(40);
    desk.ended();
    assertThat(desk.client.sent.stream().filter(ServerMessage::hasLatency))
        .allMatch(m -> m.getLatency().getAdmissionMicros() == 1_500_000);
  }

  @Test
  void waitsNoLongerThanIsAllowed() {
    Seats seats = new Seats(0, 1, new FakeTicker());
    Desk desk = new Desk(seats);
    desk.say(ClientMessage.newBuilder().setConfig(config()));
    desk.pass(Desk.LIMITS.maxWaitMillis() - 1);
    assertThat(desk.client.failure).isNull();
    desk.pass(1);
    assertThat(desk.client.reason()).isEqualTo(Reasons.TOO_MANY_SESSIONS);
    assertThat(desk.client.failed().retryAfterMillis()).isPositive();
    assertThat(seats.waiting()).isZero();
    assertThat(desk.observed.waiting).isZero();
    assertThat(desk.observed.rejected).hasSize(1);
  }

  @Test
  void leavesTheLineWhenItsClientGoesAndGivesBackASeatThatComesTooLate() {
    Seats seats = new Seats(1, 1, new FakeTicker());
    Seats.Seat taken = seats.take();
    Desk gone = new Desk(seats);
    gone.say(ClientMessage.newBuilder().setConfig(config()));
    gone.session.abandon();
    assertThat(seats.waiting()).isZero();
    Desk late = new Desk(seats);
    late.say(ClientMessage.newBuilder().setConfig(config()));
    taken.free();
    late.session.abandon(); // while its seat is on the way
    assertThat(seats.taken()).isEqualTo(1);
    late.session.seated(late.post.get(0));
    assertThat(seats.taken()).isZero();
    assertThat(late.observed.sessions).isEmpty();
  }

  @Test
  void letsOthersHaveItsSeatWhileItsClientIsSilent() {
    int silence = Desk.LIMITS.stepAsideMillis();
    Desk desk = Desk.listening(config());
    desk.pass(silence - 1);
    assertThat(desk.voice.rests).isZero();
    desk.pass(1);
    assertThat(desk.voice.rests).isEqualTo(1);
    desk.pass(silence / 2);
    desk.audio(3_200);
    desk.pass(silence); // what came waits for the models
    desk.event(new Voice.Heard(1_600, List.of(1)));
    desk.pass(silence - 1);
    assertThat(desk.voice.rests).isEqualTo(1);
    desk.pass(1);
    assertThat(desk.voice.rests).isEqualTo(2);
    desk.audio(3_200);
    desk.event(new Voice.Heard(3_200, List.of(2)));
    desk.commit();
    desk.pass(2L * silence);
    assertThat(desk.voice.rests).isEqualTo(2);
    assertThat(desk.client.failure).isNull();
  }

  @Test
  void waitsForASeatAgainNoLongerThanIsAllowed() {
    for (boolean committed : List.of(false, true)) {
      Desk desk = Desk.listening(config());
      desk.audio(3_200);
      desk.voice.waitsSinceNanos = desk.ticker.nanos();
      if (committed) {
        desk.commit();
      }
      desk.pass(Desk.LIMITS.maxWaitMillis() - 1);
      assertThat(desk.client.failure).isNull();
      desk.pass(1);
      assertThat(desk.client.reason()).isEqualTo(Reasons.TOO_MANY_SESSIONS);
      assertThat(desk.client.failed().retryAfterMillis()).isPositive();
      assertThat(desk.client.failed().line())
          .startsWith("no room: its seat was given away while it was silent, none within 2000 ms");
      assertThat(desk.observed.sessions.get(0).reason()).isEqualTo("too_many_sessions");
      assertThat(desk.voice.closed).isTrue();
    }
  }

  @Test
  void tellsWhoWaitsThatTheServerCloses() {
    Desk desk = new Desk(new Seats(0, 1, new FakeTicker()));
    desk.say(ClientMessage.newBuilder().setConfig(config()));
    desk.session.goAway(1_000, "the server is being stopped");
    assertThat(desk.client.reason()).isEqualTo(Reasons.SHUTTING_DOWN);
  }

  @Test
  void tellsItsObserverWhatBecameOfIt() {
    Desk desk = Desk.speaking(config());
    desk.ticker.advanceMillis(30);
    desk.said(200);
    desk.ended();
    desk.pass(5_000);
    FakeObserver observed = desk.observed;
    assertThat(observed.firstAudioNanos).containsExactly(30_000_000L, 30_000_000L);
    assertThat(observed.lateNanos).containsExactly(0L);
    assertThat(observed.sent).isNotEmpty();
    assertThat(observed.sent.get(0).leadNanos()).isPositive();
    assertThat(observed.sent).allMatch(piece -> piece.lateNanos() == 0);
    assertThat(observed.bufferedBytes).isZero();
    SessionObserver.TurnReport turn = observed.turns.get(0);
    assertThat(turn.promptUnits()).isEqualTo(3);
    assertThat(turn.firstSentNanos() - turn.committedNanos()).isEqualTo(30_000_000);
    assertThat(turn.trace().getFirstAudioMicros()).isEqualTo(30_000);
    assertThat(observed.sessions).hasSize(1);
    SessionObserver.SessionReport session = observed.sessions.get(0);
    assertThat(session.reason()).isEqualTo("completed");
    assertThat(session.turns()).isEqualTo(1);
    assertThat(session.secondsIn()).isEqualTo(1);
    assertThat(session.secondsOut()).isEqualTo(0.2);
  }

  @Test
  void tellsItsObserverOfSpeechThatCameTooLateAndOfAudioThatDid() {
    Desk desk = Desk.listening(config());
    desk.audio(3_200); // 0.1 s
    desk.ticker.advanceMillis(150);
    desk.audio(3_200);
    assertThat(desk.observed.lateNanos).containsExactly(0L, 50_000_000L);
    desk.commit();
    desk.event(new Voice.Committed());
    desk.said(40);
    desk.ticker.advanceMillis(100);
    desk.said(400);
    assertThat(desk.observed.sent).hasSizeGreaterThan(1);
    assertThat(desk.observed.sent.get(1).lateNanos()).isEqualTo(60_000_000);
    assertThat(desk.observed.sent.get(1).intervalNanos()).isEqualTo(100_000_000);
  }

  @Test
  void tellsItsObserverWhyItEnded() {
    Desk cancelled = Desk.speaking(config());
    cancelled.say(ClientMessage.newBuilder().setCancel(Cancel.newBuilder()));
    assertThat(cancelled.observed.sessions.get(0).reason()).isEqualTo("cancelled");
    Desk gone = Desk.speaking(config());
    gone.said(400);
    gone.session.abandon();
    assertThat(gone.observed.sessions.get(0).reason()).isEqualTo("client_gone");
    assertThat(gone.observed.bufferedBytes).isZero();
    Desk idle = Desk.listening(config());
    idle.pass(Desk.LIMITS.maxIdleMillis());
    assertThat(idle.observed.sessions.get(0).reason()).isEqualTo("idle_timeout");
    assertThat(idle.observed.sessions.get(0).detail()).contains("nothing from the client");
    Desk refused = Desk.listening(config().setBundle("other"));
    assertThat(refused.observed.sessions).isEmpty();
    assertThat(refused.observed.rejected.get(0).reason()).isEqualTo(Reasons.UNKNOWN_BUNDLE);
  }
}
