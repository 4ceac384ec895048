// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.GenerateRequest;
import dev.continuo.v1.GenerateResponse;
import dev.continuo.v1.GetServerInfoRequest;
import dev.continuo.v1.GetServerInfoResponse;
import dev.continuo.v1.ListBundlesRequest;
import dev.continuo.v1.ListBundlesResponse;
import dev.continuo.v1.ScoreRequest;
import dev.continuo.v1.ScoreResponse;
import dev.continuo.v1.SequenceScore;
import dev.continuo.v1.SpeechContinuationGrpc.SpeechContinuationImplBase;
import dev.continuo.v1.TokenizeConfig;
import dev.continuo.v1.TokenizeRequest;
import dev.continuo.v1.TokenizeResponse;
import dev.continuo.v1.VocodeRequest;
import dev.continuo.v1.VocodeResponse;
import dev.continuo.wire.Reasons;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls other than conversations. */
@Timeout(60)
class CallsRpcTest {
  private static final String NAME = "calls";

  private final Service service = new Service();
  private Server server;
  private ConversationClient client;

  @BeforeEach
  void start() throws IOException {
    server = InProcessServerBuilder.forName(NAME).addService(service).build().start();
    client =
        new ConversationClient(
            "fake",
            InProcessChannelBuilder.forName(NAME).build(),
            () -> {},
            Duration.ofSeconds(30));
  }

  @AfterEach
  void stop() {
    client.close();
    server.shutdownNow();
  }

  @Test
  void asksForTheServerAndItsBundles() {
    assertThat(client.serverInfo().getVersion()).isEqualTo("9");
    assertThat(client.bundles()).extracting(BundleInfo::getName).containsExactly("a", "b");
  }

  @Test
  void scores() {
    ScoreRequest request = ScoreRequest.newBuilder().setBundle("b").build();
    assertThat(client.score(request).getScores(0).getNll()).isEqualTo(1.5);
  }

  @Test
  void vocodesPieceByPiece() {
    Iterator<VocodeResponse> pieces =
        client.vocode(VocodeRequest.newBuilder().addUnits(3).addUnits(4).build());
    assertThat(pieces.next().getFirstSampleIndex()).isZero();
    assertThat(pieces.next().getFirstSampleIndex()).isEqualTo(1);
    assertThat(pieces.hasNext()).isFalse();
  }

  @Test
  void whatFailsMidwayFailsWhenThatIsReached() {
    Iterator<GenerateResponse> pieces =
        client.generate(GenerateRequest.newBuilder().addUnits(7).build());
    assertThat(pieces.next().getUnits(0)).isEqualTo(8);
    assertThatThrownBy(pieces::next)
        .isInstanceOf(ServerException.class)
        .hasMessage("fake: INTERNAL DEFECT: broke (the server's log says more)");
  }

  @Test
  void tokenizesWhatItPullsInOrder() {
    List<ByteString> audio =
        IntStream.range(0, 200).mapToObj(i -> ByteString.copyFrom(new byte[] {(byte) i})).toList();
    TokenizeConfig config = TokenizeConfig.newBuilder().setRaw(true).build();
    List<Long> consumed = new ArrayList<>();
    client
        .tokenize(config, audio.iterator())
        .forEachRemaining(r -> consumed.add(r.getConsumedSamples()));
    assertThat(consumed).hasSize(200).startsWith(1L, 2L).endsWith(200L);
    assertThat(service.tokenizing.get(0).getConfig()).isEqualTo(config);
    assertThat(service.tokenizing.subList(1, 201))
        .extracting(r -> r.getAudio().getData())
        .isEqualTo(audio);
  }

  @Test
  void tokenizesNoFasterThanItIsRead() {
    Iterator<ByteString> endless =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return service.said.get() < 5000;
          }

          @Override
          public ByteString next() {
            return ByteString.copyFrom(new byte[1]);
          }
        };
    Iterator<TokenizeResponse> responses =
        client.tokenize(TokenizeConfig.getDefaultInstance(), endless);
    for (int i = 1; i <= 1000; i++) {
      assertThat(responses.next().getConsumedSamples()).isEqualTo(i);
      // ahead of the reader by what the in-process transport asked for, not by thousands
      assertThat(service.said.get()).isLessThanOrEqualTo(i + 64);
    }
  }

  @Test
  void tokenizingSaysWhatFailed() {
    Iterator<TokenizeResponse> responses =
        client.tokenize(
            TokenizeConfig.newBuilder().setBundle("none").build(),
            List.<ByteString>of().iterator());
    assertThatThrownBy(responses::hasNext)
        .isInstanceOfSatisfying(
            ServerException.class, e -> assertThat(e.reason()).isEqualTo(Reasons.UNKNOWN_BUNDLE));
  }

  @Test
  void tokenizingNothingGivesNothing() {
    Iterator<TokenizeResponse> responses =
        client.tokenize(TokenizeConfig.getDefaultInstance(), List.<ByteString>of().iterator());
    assertThat(responses.hasNext()).isFalse();
    assertThatThrownBy(responses::next).isInstanceOf(NoSuchElementException.class);
  }

  /** Answers from its arguments. <i>Thread-safe.</i> */
  private static final class Service extends SpeechContinuationImplBase {
    final List<TokenizeRequest> tokenizing = new CopyOnWriteArrayList<>();
    final AtomicInteger said = new AtomicInteger();

    @Override
    public void getServerInfo(
        GetServerInfoRequest request, StreamObserver<GetServerInfoResponse> out) {
      out.onNext(GetServerInfoResponse.newBuilder().setVersion("9").build());
      out.onCompleted();
    }

    @Override
    public void listBundles(ListBundlesRequest request, StreamObserver<ListBundlesResponse> out) {
      out.onNext(
          ListBundlesResponse.newBuilder()
              .addBundles(BundleInfo.newBuilder().setName("a"))
              .addBundles(BundleInfo.newBuilder().setName("b"))
              .build());
      out.onCompleted();
    }

    @Override
    public void score(ScoreRequest request, StreamObserver<ScoreResponse> out) {
      double nll = request.getBundle().equals("b") ? 1.5 : 0;
      out.onNext(
          ScoreResponse.newBuilder().addScores(SequenceScore.newBuilder().setNll(nll)).build());
      out.onCompleted();
    }

    @Override
    public void vocode(VocodeRequest request, StreamObserver<VocodeResponse> out) {
      for (int i = 0; i < request.getUnitsCount(); i++) {
        out.onNext(VocodeResponse.newBuilder().setFirstSampleIndex(i).build());
      }
      out.onCompleted();
    }

    @Override
    public void generate(GenerateRequest request, StreamObserver<GenerateResponse> out) {
      out.onNext(GenerateResponse.newBuilder().addUnits(request.getUnits(0) + 1).build());
      out.onError(FakeServer.failure(Status.INTERNAL.withDescription("broke"), Reasons.DEFECT));
    }

    @Override
    public StreamObserver<TokenizeRequest> tokenize(StreamObserver<TokenizeResponse> responses) {
      ServerCallStreamObserver<TokenizeResponse> out =
          (ServerCallStreamObserver<TokenizeResponse>) responses;
      out.disableAutoRequest();
      out.setOnReadyHandler(() -> out.request(1));
      return new StreamObserver<>() {
        private int samples;

        @Override
        public void onNext(TokenizeRequest request) {
          tokenizing.add(request);
          if (request.getConfig().getBundle().equals("none")) {
            out.onError(FakeServer.failure(Status.NOT_FOUND, Reasons.UNKNOWN_BUNDLE));
            return;
          }
          if (request.hasAudio()) {
            said.incrementAndGet();
            out.onNext(TokenizeResponse.newBuilder().setConsumedSamples(++samples).build());
          }
          if (out.isReady()) {
            out.request(1);
          }
        }

        @Override
        public void onError(Throwable thrown) {}

        @Override
        public void onCompleted() {
          out.onCompleted();
        }
      };
    }
  }
}
