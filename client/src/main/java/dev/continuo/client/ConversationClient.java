// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import com.google.protobuf.ByteString;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.GenerateRequest;
import dev.continuo.v1.GenerateResponse;
import dev.continuo.v1.GetServerInfoRequest;
import dev.continuo.v1.GetServerInfoResponse;
import dev.continuo.v1.ListBundlesRequest;
import dev.continuo.v1.ScoreRequest;
import dev.continuo.v1.ScoreResponse;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SpeechContinuationGrpc;
import dev.continuo.v1.SpeechContinuationGrpc.SpeechContinuationBlockingStub;
import dev.continuo.v1.SpeechContinuationGrpc.SpeechContinuationStub;
import dev.continuo.v1.TokenizeConfig;
import dev.continuo.v1.TokenizeResponse;
import dev.continuo.v1.VocodeRequest;
import dev.continuo.v1.VocodeResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A connection to a Continuo server and the calls it takes.
 *
 * <pre>{@code
 * try (ConversationClient client = ConversationClient.builder("localhost:50051").build();
 *     BlockingConversation conversation = client.converse(SessionConfig.getDefaultInstance())) {
 *   conversation.send(samples);
 *   conversation.commit();
 *   for (var message = conversation.next(); message.isPresent(); message = conversation.next()) ...
 * }
 * }</pre>
 *
 * <p>Conversations of a client share its connection and its flow-control window: those whose reader
 * may stall for long are better off with a client of their own. Every call throws, or its listener
 * hears, {@link ServerException}.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ConversationClient implements AutoCloseable {
  private static final long CLOSE_SECONDS = 5;

  private final String address;
  private final ManagedChannel channel;
  private final Runnable whenClosed;
  private final Duration callTimeout;

  ConversationClient(
      String address, ManagedChannel channel, Runnable whenClosed, Duration callTimeout) {
    this.address = address;
    this.channel = channel;
    this.whenClosed = whenClosed;
    this.callTimeout = callTimeout;
  }

  /**
   * Begins a client.
   *
   * @param target HOST:PORT
   */
  public static ConversationClientBuilder builder(String target) {
    return new ConversationClientBuilder(target);
  }

  /**
   * Opens a conversation that calls back. Does not wait for the server.
   *
   * @throws IllegalArgumentException if the config asks for input that {@link AudioEncoder} does
   *     not know
   */
  public Conversation converse(
      SessionConfig config, ConversationOptions options, ConversationListener listener) {
    SpeechContinuationStub stub = SpeechContinuationGrpc.newStub(channel);
    Duration timeout = options.timeout();
    if (timeout != null) {
      stub = stub.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
    Receiver receiver = new Receiver(address, config, options, listener);
    stub.converse(receiver);
    ClientMessage.Builder first = ClientMessage.newBuilder().setConfig(config);
    if (options.requestId() != null) {
      first.setRequestId(options.requestId());
    }
    return receiver.begin(first.build());
  }

  /** Opens a conversation that calls back, with {@link ConversationOptions#defaults}. */
  public Conversation converse(SessionConfig config, ConversationListener listener) {
    return converse(config, ConversationOptions.defaults(), listener);
  }

  /**
   * Opens a conversation that waits. Does not itself wait for the server.
   *
   * @param options whose way of asking for messages does not matter here
   * @throws IllegalArgumentException as {@link #converse(SessionConfig, ConversationOptions,
   *     ConversationListener)}
   */
  public BlockingConversation converse(SessionConfig config, ConversationOptions options) {
    Inbox inbox = new Inbox();
    return new BlockingConversation(
        inbox, converse(config, options.withManualRequests(Inbox.CREDIT), inbox));
  }

  /** Opens a conversation that waits, with {@link ConversationOptions#defaults}. */
  public BlockingConversation converse(SessionConfig config) {
    return converse(config, ConversationOptions.defaults());
  }

  /** What the server is and can do. */
  public GetServerInfoResponse serverInfo() {
    return call(() -> blocking().getServerInfo(GetServerInfoRequest.getDefaultInstance()));
  }

  /** The bundles the server speaks with, its default first. */
  public List<BundleInfo> bundles() {
    return call(() -> blocking().listBundles(ListBundlesRequest.getDefaultInstance()))
        .getBundlesList();
  }

  /** Log-likelihoods of unit sequences. */
  public ScoreResponse score(ScoreRequest request) {
    return call(() -> blocking().score(request));
  }

  /** Units to audio; each piece is asked for when the one before was taken. */
  public Iterator<VocodeResponse> vocode(VocodeRequest request) {
    return each(call(() -> blocking().vocode(request)));
  }

  /** Units to the units that follow; each piece is asked for when the one before was taken. */
  public Iterator<GenerateResponse> generate(GenerateRequest request) {
    return each(call(() -> blocking().generate(request)));
  }

  /**
   * Audio to units.
   *
   * @param audio pieces in the config's input encoding, pulled as there is room for them, on the
   *     client's executor
   * @return units as they stand; each piece is asked for when the one before was taken
   */
  public Iterator<TokenizeResponse> tokenize(TokenizeConfig config, Iterator<ByteString> audio) {
    Tokenizing tokenizing = new Tokenizing(address, config, audio);
    SpeechContinuationGrpc.newStub(channel)
        .withDeadlineAfter(callTimeout.toNanos(), TimeUnit.NANOSECONDS)
        .tokenize(tokenizing);
    return tokenizing;
  }

  private SpeechContinuationBlockingStub blocking() {
    return SpeechContinuationGrpc.newBlockingStub(channel)
        .withDeadlineAfter(callTimeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private <T> T call(Supplier<T> request) {
    try {
      return request.get();
    } catch (StatusRuntimeException e) {
      throw Failure.of(address, e);
    }
  }

  private <T> Iterator<T> each(Iterator<T> responses) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return call(responses::hasNext);
      }

      @Override
      public T next() {
        return call(responses::next);
      }
    };
  }

  /**
   * Closes the connection; conversations that still run fail with UNAVAILABLE or CANCELLED. Waits
   * for that, five seconds at most. Idempotent.
   */
  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      whenClosed.run();
    }
  }
}
