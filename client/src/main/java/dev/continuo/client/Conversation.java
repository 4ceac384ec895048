// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import com.google.protobuf.ByteString;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.Cancel;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.Commit;
import dev.continuo.v1.Marker;
import dev.continuo.v1.PlaybackPosition;
import io.grpc.stub.ClientCallStreamObserver;
import java.util.function.Consumer;

/**
 * One running conversation: sends to the server; what comes back goes to its {@link
 * ConversationListener}.
 *
 * <p>Sending never blocks. What is sent while {@link #isReady} is false waits in memory: a sender
 * of live audio that finds it false has a network that is too slow, a sender of a file waits for
 * {@link ConversationListener#ready}. What is sent after the end goes nowhere.
 *
 * <p><i>Sending is serialised by the caller, on any thread; {@link #isReady}, {@link #request} and
 * {@link #abort} are thread-safe.</i>
 */
public final class Conversation implements AutoCloseable {
  private static final ClientMessage COMMIT =
      ClientMessage.newBuilder().setCommit(Commit.getDefaultInstance()).build();
  private static final ClientMessage CANCEL =
      ClientMessage.newBuilder().setCancel(Cancel.getDefaultInstance()).build();

  private final ClientCallStreamObserver<ClientMessage> call;
  private final AudioEncoder encoder;
  private final Consumer<ByteString> pieces = this::send;
  private boolean finished;

  Conversation(ClientCallStreamObserver<ClientMessage> call, AudioEncoder encoder) {
    this.call = call;
    this.encoder = encoder;
  }

  /** Whether what is sent now goes out without waiting for earlier audio. */
  public boolean isReady() {
    return call.isReady();
  }

  /**
   * Sends samples in the session's input encoding. In Opus they are gathered to packets.
   *
   * @param samples mono at the session's input rate, in -1..1; borrowed
   * @param offset index of the first
   * @param length how many
   * @throws IndexOutOfBoundsException if the range is not within {@code samples}
   * @throws IllegalStateException after {@link #commit}, {@link #finish} or {@link #close}
   */
  public void send(float[] samples, int offset, int length) {
    requireOpen();
    encoder.encode(samples, offset, length, pieces);
  }

  /** Sends all of {@code samples}; see {@link #send(float[], int, int)}. */
  public void send(float[] samples) {
    send(samples, 0, samples.length);
  }

  /**
   * Sends audio that is encoded already: whole samples in the session's input encoding, in Opus one
   * packet, an empty one for a packet that was lost.
   *
   * @throws IllegalStateException after {@link #finish} or {@link #close}
   */
  public void send(ByteString audio) {
    requireOpen();
    call.onNext(
        ClientMessage.newBuilder().setAudio(AudioChunk.newBuilder().setData(audio)).build());
  }

  /**
   * Sends any message of the contract; for those that have no method here.
   *
   * @throws IllegalStateException after {@link #finish} or {@link #close}
   */
  public void send(ClientMessage message) {
    requireOpen();
    call.onNext(message);
  }

  /** Ends the prompt: the server speaks. */
  public void commit() {
    requireOpen();
    encoder.finish(pieces);
    call.onNext(COMMIT);
  }

  /** Ends the prompt and sending altogether; {@link #commit} may have come before. */
  public void finish() {
    requireOpen();
    encoder.finish(pieces);
    finished = true;
    call.onCompleted();
  }

  /** Asks the server to stop speaking; the conversation then ends with reason CANCELLED. */
  public void cancel() {
    requireOpen();
    call.onNext(CANCEL);
  }

  /** Sends a mark, which comes back when all audio before it has been taken in. */
  public void marker(String name) {
    requireOpen();
    call.onNext(ClientMessage.newBuilder().setMarker(Marker.newBuilder().setName(name)).build());
  }

  /**
   * Tells the server what has been heard.
   *
   * @param epoch of the audio
   * @param samples of the turn, at the output rate
   */
  public void played(int epoch, long samples) {
    requireOpen();
    PlaybackPosition.Builder position =
        PlaybackPosition.newBuilder().setEpoch(epoch).setPlayedSamples(samples);
    call.onNext(ClientMessage.newBuilder().setPlayback(position).build());
  }

  /** Asks for that many more messages; with {@link ConversationOptions#manual} only. */
  public void request(int messages) {
    call.request(messages);
  }

  /**
   * Ends the conversation at once; the listener hears {@code failed} with CANCELLED. Idempotent.
   */
  public void abort() {
    call.cancel("aborted by the client", null);
  }

  /** Ends the conversation, unless it has ended, and frees its codec. Idempotent. */
  @Override
  public void close() {
    finished = true;
    abort();
    encoder.close();
  }

  private void requireOpen() {
    if (finished) {
      throw new IllegalStateException("finished (expected: nothing to send after finish or close)");
    }
  }
}
