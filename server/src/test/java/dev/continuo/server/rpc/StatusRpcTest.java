// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.BadRequest;
import com.google.rpc.RequestInfo;
import com.google.rpc.RetryInfo;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.engine.Engine;
import dev.continuo.server.engine.FakeNetworks;
import dev.continuo.server.engine.ModelBundle;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.GenerateRequest;
import dev.continuo.v1.GetServerInfoRequest;
import dev.continuo.v1.GetServerInfoResponse;
import dev.continuo.v1.ListBundlesRequest;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.ScoreRequest;
import dev.continuo.v1.ServerMessage.MessageTypeCase;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SessionUpdate;
import dev.continuo.v1.SpeechContinuationGrpc;
import dev.continuo.v1.TokenizeConfig;
import dev.continuo.v1.TokenizeRequest;
import dev.continuo.v1.TokenizeResponse;
import dev.continuo.v1.UnitSequence;
import dev.continuo.v1.VocodeRequest;
import dev.continuo.wire.Reasons;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every status a client can see, and that nobody else sees it. */
@SuppressWarnings("NullAway.Init") // set before each test
class StatusRpcTest {
  private static final int SEATS = 3;

  private final FakeNetworks fakes = new FakeNetworks();
  private final Engine engine = new Engine();
  private UnitLanguageModel.Rows rows;
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    Networks networks = fakes.networks();
    ServerLimits limits = new ServerLimits(65_536, 4_000, 2_000, 2_000, 20_000, SEATS, 500, 1_000);
    rows = networks.languageModel().allocate(SEATS, ModelBundle.positions(networks, limits));
    server =
        TestServer.start(
            limits,
            seats ->
                new ModelBundle(
                    FakeNetworks.info(), networks, rows, engine, seats, Ticker.system()));
    engine.start(true);
  }

  @AfterEach
  void stop() {
    server.close();
    engine.close();
    rows.close();
    assertThat(fakes.open()).isZero();
    assertThat(server.seats().taken()).isZero();
  }

  private static SessionConfig.Builder config() {
    return SessionConfig.newBuilder().setPacing(Pacing.PACING_NONE).setMaxContinuationMillis(500);
  }

  private static byte[] speech() {
    byte[] pcm = new byte[16_000];
    new Random(1).nextBytes(pcm);
    return pcm;
  }

  /** A conversation that goes wrong, beside one that goes on. */
  private Caller wrong(Consumer<Caller> act, SessionConfig.Builder config) throws Exception {
    Caller neighbour = Caller.call(server.channel(), config());
    neighbour.audio(speech(), 640);
    Caller caller = Caller.call(server.channel(), config);
    act.accept(caller);
    caller.status();
    neighbour.commit();
    assertThat(neighbour.status().getCode()).isEqualTo(Code.OK);
    assertThat(neighbour.speech()).hasSize(2 * FakeNetworks.OUTPUT_HZ / 2);
    return caller;
  }

  private static void assertStatus(Caller caller, Code code, String reason) throws Exception {
    assertThat(caller.status().getCode()).isEqualTo(code);
    assertThat(caller.reason()).isEqualTo(reason);
    assertThat(caller.status().getDescription()).contains("(expected: ").doesNotContain("\n");
  }

  @Test
  void refusesAudioBeforeConfig() throws Exception {
    Caller caller = Caller.call(server.channel()).audio(new byte[640]);
    assertStatus(caller, Code.INVALID_ARGUMENT, Reasons.CONFIG_EXPECTED);
  }

  @Test
  void refusesASecondConfig() throws Exception {
    Caller caller = wrong(c -> c.send(ClientMessage.newBuilder().setConfig(config())), config());
    assertStatus(caller, Code.INVALID_ARGUMENT, Reasons.CONFIG_TWICE);
  }

  @Test
  void namesTheSettingThatIsWrong() throws Exception {
    Caller caller = wrong(c -> {}, config().setInput(AudioFormat.newBuilder().setChannelCount(3)));
    assertStatus(caller, Code.INVALID_ARGUMENT, Reasons.INVALID_SETTING);
    BadRequest bad = Objects.requireNonNull(caller.detail(BadRequest.class));
    assertThat(bad.getFieldViolations(0).getField()).isEqualTo("config.input.channel_count");
  }

  @Test
  void refusesHalfASample() throws Exception {
    Caller caller = wrong(c -> c.audio(new byte[641]), config());
    assertStatus(caller, Code.INVALID_ARGUMENT, Reasons.INVALID_AUDIO);
  }

  @Test
  void refusesBytesThatAreNoOpus() throws Exception {
    byte[] noise = new byte[300];
    new Random(3).nextBytes(noise);
    noise[0] = (byte) 0xff; // 48 frames of some length: impossible
    AudioFormat.Builder opus =
        AudioFormat.newBuilder().setEncoding(AudioEncoding.AUDIO_ENCODING_OPUS);
    Caller caller = wrong(c -> c.audio(noise), config().setInput(opus));
    assertStatus(caller, Code.INVALID_ARGUMENT, Reasons.INVALID_AUDIO);
  }

  @Test
  void refusesACommitWithoutAudioOrWithTooLittle() throws Exception {
    assertStatus(wrong(Caller::commit, config()), Code.INVALID_ARGUMENT, Reasons.INVALID_AUDIO);
    Caller little = wrong(c -> c.audio(new byte[64]).commit(), config());
    assertStatus(little, Code.INVALID_ARGUMENT, Reasons.INVALID_AUDIO);
  }

  @Test
  void refusesAPromptThatIsTooLong() throws Exception {
    Caller caller = wrong(c -> c.audio(new byte[129_000], 3_200), config());
    assertStatus(caller, Code.INVALID_ARGUMENT, Reasons.AUDIO_TOO_LONG);
  }

  @Test
  void saysWhichFieldIsNotBuilt() throws Exception {
    Caller handle = wrong(c -> {}, config().setResumptionHandle("h"));
    assertStatus(handle, Code.UNIMPLEMENTED, Reasons.NOT_BUILT);
    Caller update =
        wrong(
            c -> c.send(ClientMessage.newBuilder().setUpdate(SessionUpdate.getDefaultInstance())),
            config());
    assertStatus(update, Code.UNIMPLEMENTED, Reasons.NOT_BUILT);
    Caller second =
        wrong(
            c -> c.audio(speech()).commit().audio(speech()),
            config()
                .setPacing(Pacing.PACING_REAL_TIME)
                .setMaxContinuationMillis(2_000)
                .setPlaybackLeadMillis(100));
    assertStatus(second, Code.UNIMPLEMENTED, Reasons.NOT_BUILT);
    assertThat(second.status().getDescription()).startsWith("audio: ");
  }

  @Test
  void knowsNoOtherBundle() throws Exception {
    Caller caller = wrong(c -> {}, config().setBundle("other"));
    assertStatus(caller, Code.NOT_FOUND, Reasons.UNKNOWN_BUNDLE);
  }

  @Test
  void hasRoomForSoManyAndNotOneMore() throws Exception {
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < SEATS; i++) {
      callers.add(Caller.call(server.channel(), config()));
      callers.get(i).await(MessageTypeCase.STARTED);
    }
    for (int i = 0; i < 10 * SEATS; i++) {
      Caller late = Caller.call(server.channel(), config());
      assertStatus(late, Code.RESOURCE_EXHAUSTED, Reasons.TOO_MANY_SESSIONS);
      assertThat(late.detail(RetryInfo.class)).isNotNull();
    }
    callers.get(0).audio(speech()).commit();
    assertThat(callers.get(0).status().getCode()).isEqualTo(Code.OK);
    Caller.call(server.channel(), config()).await(MessageTypeCase.STARTED);
  }

  @Test
  void endsWhoSaysNothing() throws Exception {
    assertStatus(Caller.call(server.channel()), Code.DEADLINE_EXCEEDED, Reasons.IDLE_TIMEOUT);
    Caller listened = Caller.call(server.channel(), config().setIdleTimeoutMillis(100));
    assertStatus(listened, Code.DEADLINE_EXCEEDED, Reasons.IDLE_TIMEOUT);
  }

  @Test
  void tellsOfADefectOnlyWhereItIsLogged() throws Exception {
    fakes.breakDown();
    Caller caller = Caller.call(server.channel(), config());
    caller.audio(speech()).commit();
    assertThat(caller.status().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(caller.reason()).isEqualTo(Reasons.DEFECT);
    RequestInfo request = Objects.requireNonNull(caller.detail(RequestInfo.class));
    assertThat(caller.status().getDescription()).contains(request.getRequestId());
  }

  @Test
  void letsSessionsFinishAndNobodyInWhenItCloses() throws Exception {
    Caller speaking = Caller.call(server.channel(), config());
    speaking.audio(speech());
    speaking.await(MessageTypeCase.STARTED);
    CompletableFuture<Void> draining =
        CompletableFuture.runAsync(
            () -> {
              try {
                server.server().drain(5_000);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(speaking.await(MessageTypeCase.GO_AWAY).getGoAway().getTimeLeftMillis())
        .isEqualTo(5_000);
    Caller late = Caller.call(server.channel(), config());
    assertThat(late.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(late.reason()).isEqualTo(Reasons.SHUTTING_DOWN);
    assertThat(late.detail(RetryInfo.class)).isNotNull();
    speaking.commit();
    assertThat(speaking.status().getCode()).isEqualTo(Code.OK);
    draining.get(10, TimeUnit.SECONDS);
  }

  @Test
  void saysWhatItIs() {
    SpeechContinuationGrpc.SpeechContinuationBlockingStub stub =
        SpeechContinuationGrpc.newBlockingStub(server.channel());
    GetServerInfoResponse info = stub.getServerInfo(GetServerInfoRequest.getDefaultInstance());
    assertThat(info.getBundles(0)).isEqualTo(FakeNetworks.info());
    assertThat(info.getLimits().getMaxSessions()).isEqualTo(SEATS);
    assertThat(info.getVersion()).isNotEmpty();
    assertThat(stub.listBundles(ListBundlesRequest.getDefaultInstance()).getBundlesList())
        .isEqualTo(info.getBundlesList());
  }

  @Test
  void refusesUnitsThatResearchersGetWrong() {
    SpeechContinuationGrpc.SpeechContinuationBlockingStub stub =
        SpeechContinuationGrpc.newBlockingStub(server.channel());
    refused(() -> stub.generate(GenerateRequest.getDefaultInstance()).hasNext(), "units: 0");
    refused(
        () -> stub.generate(GenerateRequest.newBuilder().addUnits(50).build()).hasNext(),
        "units[0]: 50");
    refused(
        () ->
            stub.generate(GenerateRequest.newBuilder().addUnits(1).setMaxUnits(5_000).build())
                .hasNext(),
        "max_units: 5000");
    refused(
        () ->
            stub.vocode(VocodeRequest.newBuilder().addUnits(1).addDurationFrames(0).build())
                .hasNext(),
        "duration_frames[0]: 0");
    refused(
        () ->
            stub.score(
                ScoreRequest.newBuilder()
                    .addSequences(UnitSequence.newBuilder().addUnits(1))
                    .build()),
        "sequences[0].units: 1");
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String line) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).startsWith(line).contains("(expected: ");
            });
  }

  @Test
  void tokenizesAsItHears() throws Exception {
    List<Integer> frames = tokens(true, 640);
    assertThat(frames).hasSize(12); // half a second
    List<Integer> runs = tokens(false, 100);
    List<Integer> merged = new ArrayList<>();
    frames.forEach(
        unit -> {
          if (merged.isEmpty() || !merged.get(merged.size() - 1).equals(unit)) {
            merged.add(unit);
          }
        });
    assertThat(runs).isEqualTo(merged);
  }

  private List<Integer> tokens(boolean raw, int frameBytes) throws Exception {
    List<Integer> units = new ArrayList<>();
    CompletableFuture<Status> status = new CompletableFuture<>();
    StreamObserver<TokenizeRequest> call =
        SpeechContinuationGrpc.newStub(server.channel())
            .tokenize(
                new StreamObserver<TokenizeResponse>() {
                  @Override
                  public void onNext(TokenizeResponse response) {
                    response.getUnitsList().forEach(span -> units.add(span.getUnit()));
                  }

                  @Override
                  public void onError(Throwable thrown) {
                    status.complete(Status.fromThrowable(thrown));
                  }

                  @Override
                  public void onCompleted() {
                    status.complete(Status.OK);
                  }
                });
    call.onNext(
        TokenizeRequest.newBuilder().setConfig(TokenizeConfig.newBuilder().setRaw(raw)).build());
    byte[] pcm = speech();
    for (int at = 0; at < pcm.length; at += frameBytes) {
      call.onNext(
          TokenizeRequest.newBuilder()
              .setAudio(
                  dev.continuo.v1.AudioChunk.newBuilder()
                      .setData(
                          com.google.protobuf.ByteString.copyFrom(
                              pcm, at, Math.min(frameBytes, pcm.length - at))))
              .build());
    }
    call.onCompleted();
    assertThat(status.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Code.OK);
    return units;
  }
}
