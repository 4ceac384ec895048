// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import dev.continuo.audio.CodecException;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.SessionConfig;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The code of docs/clients.md, word for word; {@link ClientsExampleTest} runs it and compares. */
final class ClientsExample {
  private ClientsExample() {}

  static void wait(String server, float[] prompt, Consumer<float[]> loudspeaker)
      throws InterruptedException, CodecException {
    // docs: wait
    try (ConversationClient client = ConversationClient.builder(server).build();
        BlockingConversation conversation = client.converse(SessionConfig.getDefaultInstance());
        AudioDecoder decoder = AudioDecoder.of(AudioFormat.getDefaultInstance())) {
      conversation.send(prompt); // mono, 16 kHz, in -1..1
      conversation.commit();
      for (var message = conversation.next(); message.isPresent(); message = conversation.next()) {
        if (message.get().hasAudio()) {
          loudspeaker.accept(decoder.decode(message.get().getAudio())); // 24 kHz by default
        }
      }
    }
    // docs: end
  }

  static CompletableFuture<EndSession> callBack(
      ConversationClient client, float[] prompt, Consumer<AudioOut> loudspeaker) {
    // docs: call back
    CompletableFuture<EndSession> done = new CompletableFuture<>();
    ConversationListener listener =
        new ConversationListener() {
          @Override
          public void audio(AudioOut audio) {
            loudspeaker.accept(audio);
          }

          @Override
          public void ended(EndSession end) {
            done.complete(end);
          }

          @Override
          public void failed(ServerException failure) {
            done.completeExceptionally(failure);
          }
        };
    Conversation conversation = client.converse(SessionConfig.getDefaultInstance(), listener);
    conversation.send(prompt); // returns at once; isReady() and ready() say when to wait
    conversation.commit();
    // docs: end
    return done;
  }
}
