// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import dev.continuo.cli.Build;
import dev.continuo.model.Sampling;
import dev.continuo.server.session.AudioKind;
import dev.continuo.server.session.Config;
import dev.continuo.server.session.Research;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.Session;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.server.session.SessionObserver;
import dev.continuo.server.session.VoiceBundle;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.GenerateRequest;
import dev.continuo.v1.GenerateResponse;
import dev.continuo.v1.GetServerInfoRequest;
import dev.continuo.v1.GetServerInfoResponse;
import dev.continuo.v1.ListBundlesRequest;
import dev.continuo.v1.ListBundlesResponse;
import dev.continuo.v1.ScoreRequest;
import dev.continuo.v1.ScoreResponse;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SpeechContinuationGrpc;
import dev.continuo.v1.TokenizeRequest;
import dev.continuo.v1.TokenizeResponse;
import dev.continuo.v1.UnitSequence;
import dev.continuo.v1.VocodeRequest;
import dev.continuo.v1.VocodeResponse;
import dev.continuo.wire.Reasons;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The service's calls.
 *
 * <p><i>Thread-safe: calls come on any thread of the transport.</i>
 */
final class SpeechContinuationService extends SpeechContinuationGrpc.SpeechContinuationImplBase {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int ID_BYTES = 8;
  private static final int GENERATED_UNITS = 100;
  private static final int RETRY_MILLIS = 1_000;

  /** Streams without a session yet that may be open beside as many as there are sessions. */
  private static final int MORE_STREAMS = 256;

  private final Session.Surroundings around;
  private final Seats seats;
  private final Seats streams;
  private final Workers workers;
  private final SecureRandom ids = new SecureRandom();
  private final Set<Conversation> live = ConcurrentHashMap.newKeySet();
  private final long readyNanos;
  private volatile boolean draining;

  SpeechContinuationService(Session.Surroundings around, Workers workers) {
    this.around = around;
    this.seats = around.seats();
    this.streams = new Seats(2 * seats.count() + MORE_STREAMS);
    this.workers = workers;
    this.readyNanos = around.ticker().nanos();
  }

  @Override
  public StreamObserver<ClientMessage> converse(StreamObserver<ServerMessage> observer) {
    long startNanos = around.ticker().nanos();
    Session.Origin origin = new Session.Origin(id(), TraceParent.current());
    Seats.Seat stream;
    try {
      if (draining) {
        throw shuttingDown();
      }
      stream = streams.take();
    } catch (SessionFailure e) {
      observer.onError(StatusMapper.of(e));
      around.observer().rejected(nobody(origin), e, around.ticker().nanos() - startNanos);
      return new Deaf<>();
    }
    Conversation conversation =
        new Conversation(
            origin,
            (ServerCallStreamObserver<ServerMessage>) observer,
            around,
            workers,
            over -> {
              live.remove(over);
              stream.free();
            });
    live.add(conversation);
    conversation.begin();
    return conversation;
  }

  @Override
  public void listBundles(
      ListBundlesRequest request, StreamObserver<ListBundlesResponse> observer) {
    observer.onNext(ListBundlesResponse.newBuilder().addAllBundles(bundles()).build());
    observer.onCompleted();
  }

  @Override
  public void getServerInfo(
      GetServerInfoRequest request, StreamObserver<GetServerInfoResponse> observer) {
    Build build = Build.current();
    observer.onNext(
        GetServerInfoResponse.newBuilder()
            .setVersion(build.version())
            .setCommit(build.commit())
            .setJavaVersion(System.getProperty("java.version"))
            .addAllBundles(bundles())
            .setLimits(around.limits().message())
            .setActiveSessions(seats.taken())
            .setUptimeSeconds((around.ticker().nanos() - readyNanos) / NANOS_PER_SECOND)
            .setProcessors(Runtime.getRuntime().availableProcessors())
            .build());
    observer.onCompleted();
  }

  @Override
  public StreamObserver<TokenizeRequest> tokenize(StreamObserver<TokenizeResponse> observer) {
    if (draining) {
      observer.onError(StatusMapper.of(shuttingDown()));
      return new Deaf<>();
    }
    return new Tokenizing(
        id(), (ServerCallStreamObserver<TokenizeResponse>) observer, around, workers);
  }

  @Override
  public void vocode(VocodeRequest request, StreamObserver<VocodeResponse> observer) {
    research(
        "Vocode",
        request.hasBundle(),
        request.getBundle(),
        observer,
        (models, results) -> {
          int ownHz = bundle(request.hasBundle(), request.getBundle()).getOutputSampleRateHertz();
          AudioKind output = AudioKind.output("output", request.getOutput(), ownHz);
          models.vocode(request.getUnitsList(), request.getDurationFramesList(), output, results);
        });
  }

  @Override
  public void generate(GenerateRequest request, StreamObserver<GenerateResponse> observer) {
    research(
        "Generate",
        request.hasBundle(),
        request.getBundle(),
        observer,
        (models, results) -> {
          int maxUnits = request.hasMaxUnits() ? request.getMaxUnits() : GENERATED_UNITS;
          Sampling how = Config.sampling("sampling", request.getSampling(), around.seeds());
          models.generate(request.getUnitsList(), how, maxUnits, results);
        });
  }

  @Override
  public void score(ScoreRequest request, StreamObserver<ScoreResponse> observer) {
    research(
        "Score",
        request.hasBundle(),
        request.getBundle(),
        observer,
        (models, results) ->
            models.score(
                request.getSequencesList().stream().map(UnitSequence::getUnitsList).toList(),
                request.getConvention(),
                results));
  }

  /** What a research call asks of the models. */
  @FunctionalInterface
  private interface Question<T> {
    void ask(Research models, Results<T> results);
  }

  private <T> void research(
      String call,
      boolean bundleGiven,
      String bundle,
      StreamObserver<T> observer,
      Question<T> question) {
    ServerCallStreamObserver<T> client = (ServerCallStreamObserver<T>) observer;
    Research models;
    try {
      if (draining) {
        throw shuttingDown();
      }
      models =
          around
              .bundles()
              .find(bundleGiven, bundle)
              .research()
              .orElseThrow(() -> SessionFailure.notBuilt(call));
    } catch (SessionFailure e) {
      client.onError(StatusMapper.of(e));
      return;
    }
    CallResults<T> results = new CallResults<>(client, id(), models::wake);
    try {
      question.ask(models, results);
    } catch (RuntimeException e) {
      results.fail(e);
    }
  }

  private BundleInfo bundle(boolean given, String name) {
    return around.bundles().find(given, name).info();
  }

  /** Lets nobody in any more, and tells those who are here. */
  void drain(int graceMillis) {
    draining = true;
    live.forEach(c -> c.goAway(graceMillis, "the server is being stopped"));
  }

  /** Open {@code Converse} calls. */
  int live() {
    return live.size();
  }

  private List<BundleInfo> bundles() {
    return around.bundles().all().stream().map(VoiceBundle::info).toList();
  }

  private static SessionObserver.Who nobody(Session.Origin origin) {
    return new SessionObserver.Who(origin.id(), origin.id(), "", origin.traceParent());
  }

  private String id() {
    byte[] bytes = new byte[ID_BYTES];
    ids.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static SessionFailure shuttingDown() {
    return SessionFailure.retry(Reasons.SHUTTING_DOWN, "the server is being stopped", RETRY_MILLIS);
  }

  /** Listens to a call that is over. */
  private static final class Deaf<T> implements StreamObserver<T> {
    @Override
    public void onNext(T message) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
