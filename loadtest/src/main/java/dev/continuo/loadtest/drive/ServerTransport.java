// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.continuo.client.Conversation;
import dev.continuo.client.ConversationClient;
import dev.continuo.client.ConversationClientBuilder;
import dev.continuo.client.ConversationListener;
import dev.continuo.client.ConversationOptions;
import dev.continuo.client.ServerException;
import dev.continuo.loadtest.plan.Behaviour;
import dev.continuo.loadtest.plan.Prompts;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.GetServerInfoResponse;
import dev.continuo.v1.InputAck;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.SessionWarning;
import dev.continuo.v1.TurnEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A Continuo server, over one or more connections that the sessions share in turn.
 *
 * <p>Every frame is made a message once, for all sessions. Callbacks run on the connections' event
 * loops: they only take notes.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ServerTransport implements Transport {
  private static final Duration INFO_TIMEOUT = Duration.ofSeconds(10);

  /** Shared by all sessions of a connection: a second of 500 of them in 16-bit samples. */
  private static final int WINDOW_BYTES = 16 * 1024 * 1024;

  private final String address;
  private final List<ClientMessage> frames = new ArrayList<>();
  private final List<ConversationClient> connections = new ArrayList<>();
  private final Set<ConversationClient> isolated = ConcurrentHashMap.newKeySet();
  private final AtomicInteger next = new AtomicInteger();

  /**
   * Connects when first used.
   *
   * @param address HOST:PORT
   * @param count connections, 1 or more
   * @throws IllegalArgumentException if the address is none
   */
  public ServerTransport(String address, int count, Prompts prompts) {
    this.address = address;
    for (byte[] frame : prompts.frames()) {
      ByteString data = UnsafeByteOperations.unsafeWrap(frame);
      frames.add(
          ClientMessage.newBuilder().setAudio(AudioChunk.newBuilder().setData(data)).build());
    }
    for (int i = 0; i < count; i++) {
      connections.add(connection().flowControlWindowBytes(WINDOW_BYTES).build());
    }
  }

  private ConversationClientBuilder connection() {
    return ConversationClient.builder(address).callTimeout(INFO_TIMEOUT).executor(Runnable::run);
  }

  @Override
  public GetServerInfoResponse serverInfo() {
    try {
      return connections.get(0).serverInfo();
    } catch (ServerException e) {
      throw new ServerGoneException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Call open(SessionConfig config, Behaviour behaviour, Events events) {
    if (behaviour == Behaviour.NORMAL) {
      int index = Math.floorMod(next.getAndIncrement(), connections.size());
      Conversation conversation =
          connections
              .get(index)
              .converse(config, ConversationOptions.defaults(), new Listener(events, false));
      return new OpenCall(conversation, null);
    }
    ConversationClient own = connection().build();
    isolated.add(own);
    boolean stalls = behaviour == Behaviour.STALL;
    ConversationOptions options =
        stalls
            ? ConversationOptions.defaults().withManualRequests(1)
            : ConversationOptions.defaults();
    return new OpenCall(own.converse(config, options, new Listener(events, stalls)), own);
  }

  private void hangUp(ConversationClient own) {
    if (isolated.remove(own)) {
      Thread closing = new Thread(own::close, "hang-up"); // close waits for the event loop
      closing.setDaemon(true);
      closing.start();
    }
  }

  @Override
  public void close() {
    isolated.forEach(this::hangUp);
    connections.forEach(ConversationClient::close);
  }

  /** The sending side. <i>Confined to the pacer's thread.</i> */
  private final class OpenCall implements Call {
    private final Conversation conversation;
    private final @Nullable ConversationClient own;

    OpenCall(Conversation conversation, @Nullable ConversationClient own) {
      this.conversation = conversation;
      this.own = own;
    }

    @Override
    public boolean ready() {
      return conversation.isReady();
    }

    @Override
    public void audio(int index) {
      conversation.send(frames.get(index));
    }

    @Override
    public void commit() {
      conversation.commit();
    }

    @Override
    public void abort() {
      if (own != null) {
        hangUp(own);
      } else {
        conversation.close();
      }
    }
  }

  /** Passes on what the driver wants to know. <i>Serialised by the client.</i> */
  private static final class Listener implements ConversationListener {
    private final Events events;
    private final boolean stalls;
    private @Nullable Conversation conversation;

    Listener(Events events, boolean stalls) {
      this.events = events;
      this.stalls = stalls;
    }

    @Override
    public void opened(Conversation opened) {
      conversation = opened;
    }

    /** A client that stalls asks for each message, until the first audio. */
    private void goOn() {
      if (stalls && conversation != null) {
        conversation.request(1);
      }
    }

    @Override
    public void started(SessionStarted started) {
      events.started(started);
      goOn();
    }

    @Override
    public void audio(AudioOut audio) {
      events.audio(audio);
    }

    @Override
    public void ack(InputAck ack) {
      goOn();
    }

    @Override
    public void turn(TurnEvent event) {
      events.turn(event);
      goOn();
    }

    @Override
    public void latency(LatencyTrace trace) {
      events.latency(trace);
      goOn();
    }

    @Override
    public void warning(SessionWarning warning) {
      goOn();
    }

    @Override
    public void ended(EndSession end) {
      events.ended();
    }

    @Override
    public void failed(ServerException failure) {
      events.failed(failure.code().name(), failure.reason(), String.valueOf(failure.getMessage()));
    }
  }
}
