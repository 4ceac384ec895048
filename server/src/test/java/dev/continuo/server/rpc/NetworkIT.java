// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.engine.Engine;
import dev.continuo.server.engine.FakeNetworks;
import dev.continuo.server.engine.ModelBundle;
import dev.continuo.server.session.Bundles;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.server.session.Session;
import dev.continuo.server.session.SessionObserver;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.ServerMessage.MessageTypeCase;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SpeechContinuationGrpc;
import dev.continuo.wire.Reasons;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only a real network shows: sizes, clients that stall or vanish, clients of other makes. */
@SuppressWarnings("NullAway.Init") // set before each test
class NetworkIT {
  private static final int SEATS = 8;
  private static final int PATIENCE_SECONDS = 20;

  private final FakeNetworks fakes = new FakeNetworks();
  private final Engine engine = new Engine();
  private final Seats seats = new Seats(SEATS);
  private UnitLanguageModel.Rows rows;
  private RpcServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    Networks networks = fakes.networks();
    ServerLimits limits = new ServerLimits(65_536, 4_000, 60_000, 5_000, 60_000, SEATS, 500, 1_000);
    rows = networks.languageModel().allocate(SEATS, ModelBundle.positions(networks, limits));
    ModelBundle bundle =
        new ModelBundle(FakeNetworks.info(), networks, rows, engine, seats, Ticker.system());
    engine.start(true);
    Session.Surroundings around =
        new Session.Surroundings(
            new Bundles(List.of(bundle)),
            limits,
            Ticker.system(),
            () -> 1,
            seats,
            SessionObserver.NONE);
    server =
        RpcServer.listen(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            around,
            new SimpleMeterRegistry());
    channel = connect();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
    engine.close();
    rows.close();
    assertThat(fakes.open()).isZero();
    assertThat(seats.taken()).isZero();
  }

  private ManagedChannel connect() {
    return NettyChannelBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
        .usePlaintext()
        .build();
  }

  private static SessionConfig.Builder config() {
    return SessionConfig.newBuilder().setPacing(Pacing.PACING_NONE).setMaxContinuationMillis(500);
  }

  private static byte[] speech() {
    byte[] pcm = new byte[16_000];
    new Random(1).nextBytes(pcm);
    return pcm;
  }

  private void assertServes() throws InterruptedException {
    Caller caller = Caller.call(channel, config()).audio(speech(), 640).commit();
    assertThat(caller.status().getCode()).isEqualTo(Code.OK);
    assertThat(caller.speech()).hasSize(FakeNetworks.OUTPUT_HZ);
  }

  @Test
  void refusesAMessageThatIsTooLarge() throws Exception {
    Caller caller = Caller.call(channel, config());
    caller.await(MessageTypeCase.STARTED);
    caller.audio(new byte[20 << 20]);
    assertThat(caller.status().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertServes();
    awaitSeats(0);
  }

  @Test
  void refusesBytesThatAreNoMessage() throws Exception {
    MethodDescriptor<byte[], ServerMessage> method =
        SpeechContinuationGrpc.getConverseMethod().toBuilder(
                new RawBytes(), SpeechContinuationGrpc.getConverseMethod().getResponseMarshaller())
            .build();
    CompletableFuture<Status> ended = new CompletableFuture<>();
    StreamObserver<byte[]> requests =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(method, CallOptions.DEFAULT),
            new StreamObserver<>() {
              @Override
              public void onNext(ServerMessage message) {}

              @Override
              public void onError(Throwable failure) {
                ended.complete(Status.fromThrowable(failure));
              }

              @Override
              public void onCompleted() {
                ended.complete(Status.OK);
              }
            });
    requests.onNext(new byte[] {-1, -1, -1, -1});
    Status status = ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(status.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("message: no protobuf of this call's type");
    assertServes();
    awaitSeats(0);
  }

  /** Bytes as they are. */
  private static final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] bytes) {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException();
    }
  }

  private void awaitSeats(int count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (seats.taken() != count && System.nanoTime() < end) {
      Thread.sleep(2);
    }
    assertThat(seats.taken()).isEqualTo(count);
  }

  @Test
  void endsAClientThatStopsReading() throws Exception {
    ManagedChannel slow = connect();
    try {
      Caller caller = Caller.stalled(slow);
      caller.send(
          dev.continuo.v1.ClientMessage.newBuilder()
              .setConfig(
                  config()
                      .setMaxContinuationMillis(60_000)
                      .setOutput(AudioFormat.newBuilder().setSampleRateHertz(48_000))));
      caller.audio(speech(), 640).commit();
      assertServes();
      awaitSeats(0); // long before it has read anything
      caller.readOn();
      assertThat(caller.status().getCode()).isEqualTo(Code.ABORTED);
      assertThat(caller.reason()).isEqualTo(Reasons.SLOW_CONSUMER);
    } finally {
      slow.shutdownNow();
    }
  }

  @Test
  void aHundredWhoSayNothingTakeNobodysPlace() throws Exception {
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      channels.add(connect());
      Caller.call(channels.get(i));
    }
    assertServes();
    channels.forEach(ManagedChannel::shutdownNow);
  }

  @Test
  void whoVanishesLeavesNothingBehind() throws Exception {
    cycles(100, 1);
    long threads = Thread.getAllStackTraces().size();
    long files = openFiles();
    cycles(1_000, 2);
    awaitSeats(0);
    assertThat(Thread.getAllStackTraces().size()).isLessThanOrEqualTo((int) threads + 4);
    assertThat(openFiles()).isLessThanOrEqualTo(files + 4);
    assertThat(fakes.open()).isEqualTo(1); // the rows
    assertServes();
  }

  private static long openFiles() throws IOException {
    Path open = Path.of("/proc/self/fd");
    if (!Files.isDirectory(open)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(open)) {
      return files.count();
    }
  }

  /** Connects, speaks and vanishes at random points, now and then by cutting the connection. */
  private void cycles(int count, long seed) throws InterruptedException {
    Random random = new Random(seed);
    ManagedChannel mine = connect();
    for (int i = 0; i < count; i++) {
      Caller caller = Caller.call(mine, config().setMaxContinuationMillis(20_000));
      int point = random.nextInt(5);
      if (point > 0) {
        caller.audio(speech(), 1_600);
      }
      if (point > 1) {
        caller.commit();
      }
      if (point > 2) {
        caller.awaitAnything(MessageTypeCase.AUDIO);
      }
      if (random.nextInt(20) == 0) {
        mine.shutdownNow();
        mine = connect();
      } else {
        caller.vanish();
      }
    }
    mine.shutdownNow();
  }

  @Test
  void tellsWhetherItServes() throws Exception {
    HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);
    HealthCheckRequest request =
        HealthCheckRequest.newBuilder().setService(SpeechContinuationGrpc.SERVICE_NAME).build();
    assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.SERVING);
    server.drain(0);
    assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
  }

  /** A client that has never seen our files: it asks for them, and speaks by their descriptors. */
  @Test
  void holdsAConversationWithAClientThatHasReflectionOnly() throws Exception {
    Map<String, FileDescriptorProto> files = reflected();
    FileDescriptor service = built("continuo/v1/speech_continuation.proto", files);
    var converse = service.findServiceByName("SpeechContinuation").findMethodByName("Converse");
    Descriptor client = converse.getInputType();
    Descriptor said = converse.getOutputType();
    MethodDescriptor<DynamicMessage, DynamicMessage> method =
        MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("continuo.v1.SpeechContinuation/Converse")
            .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(client)))
            .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(said)))
            .build();
    List<String> kinds = new ArrayList<>();
    CompletableFuture<Void> end = new CompletableFuture<>();
    StreamObserver<DynamicMessage> call =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(method, io.grpc.CallOptions.DEFAULT),
            new StreamObserver<DynamicMessage>() {
              @Override
              public void onNext(DynamicMessage message) {
                kinds.add(message.getOneofFieldDescriptor(said.getOneofs().get(0)).getName());
              }

              @Override
              public void onError(Throwable thrown) {
                end.completeExceptionally(thrown);
              }

              @Override
              public void onCompleted() {
                end.complete(null);
              }
            });
    call.onNext(message(client, "config", "token_trace", true));
    call.onNext(message(client, "audio", "data", ByteString.copyFrom(speech())));
    call.onNext(message(client, "commit", null, ""));
    end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(kinds).startsWith("started").endsWith("end").contains("audio", "turn", "latency");
  }

  private static DynamicMessage message(
      Descriptor client,
      String kind,
      @org.jspecify.annotations.Nullable String field,
      Object value) {
    FieldDescriptor member = client.findFieldByName(kind);
    DynamicMessage.Builder inner = DynamicMessage.newBuilder(member.getMessageType());
    if (field != null) {
      inner.setField(member.getMessageType().findFieldByName(field), value);
    }
    return DynamicMessage.newBuilder(client).setField(member, inner.build()).build();
  }

  /** The files that describe our service, as the server gives them. */
  private Map<String, FileDescriptorProto> reflected() throws Exception {
    BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
    StreamObserver<ServerReflectionRequest> ask =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<ServerReflectionResponse>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answers.add(response);
                  }

                  @Override
                  public void onError(Throwable thrown) {}

                  @Override
                  public void onCompleted() {}
                });
    ask.onNext(
        ServerReflectionRequest.newBuilder()
            .setFileContainingSymbol("continuo.v1.SpeechContinuation")
            .build());
    ServerReflectionResponse answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    ask.onCompleted();
    Map<String, FileDescriptorProto> files = new HashMap<>();
    assertThat(answer).isNotNull();
    for (ByteString bytes : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
      FileDescriptorProto file = FileDescriptorProto.parseFrom(bytes);
      files.put(file.getName(), file);
    }
    return files;
  }

  private static FileDescriptor built(String name, Map<String, FileDescriptorProto> files)
      throws Exception {
    FileDescriptorProto file = Objects.requireNonNull(files.get(name), name);
    List<FileDescriptor> needed = new ArrayList<>();
    for (String dependency : file.getDependencyList()) {
      needed.add(built(dependency, files));
    }
    return FileDescriptor.buildFrom(file, needed.toArray(new FileDescriptor[0]));
  }
}
