// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.v1.AudioOut;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.ServerMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/clients.md shows works, and is what it shows. */
@Timeout(60)
class ClientsExampleTest {
  private static final Path SOURCE =
      Path.of("src/test/java/dev/continuo/client/ClientsExample.java");
  private static final Path DOC = Path.of("../docs/clients.md");

  private final FakeServer server = new FakeServer();
  private String address;

  @BeforeEach
  void echo() throws IOException {
    server.script =
        (call, message) -> {
          if (message.hasAudio()) {
            AudioOut.Builder audio = AudioOut.newBuilder().setData(message.getAudio().getData());
            call.say(ServerMessage.newBuilder().setAudio(audio));
          } else if (message.hasCommit()) {
            call.end();
          }
        };
    address = server.listen();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theOneThatWaitsHearsTheAnswer() throws Exception {
    List<float[]> heard = new ArrayList<>();
    ClientsExample.wait(address, new float[] {0.5f, -0.25f}, heard::add);
    assertThat(heard).singleElement().isEqualTo(new float[] {0.5f, -0.25f});
  }

  @Test
  void theOneThatCallsBackHearsTheAnswer() throws Exception {
    List<AudioOut> heard = new CopyOnWriteArrayList<>();
    try (ConversationClient client = ConversationClient.builder(address).build()) {
      assertThat(
              ClientsExample.callBack(client, new float[320], heard::add).get(30, TimeUnit.SECONDS))
          .isInstanceOf(EndSession.class);
    }
    assertThat(heard).singleElement().matches(a -> a.getData().size() == 640);
  }

  @Test
  void theDocumentShowsThisCode() throws IOException {
    String doc = Files.readString(DOC);
    List<String> blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(doc)
            .results()
            .map(r -> r.group(1))
            .toList();
    List<String> regions =
        Pattern.compile("// docs: [a-z ]+\n(.*?) +// docs: end", Pattern.DOTALL)
            .matcher(Files.readString(SOURCE))
            .results()
            .map(r -> r.group(1).replaceAll("(?m)^ {4}", ""))
            .toList();
    assertThat(regions).hasSize(2);
    assertThat(blocks).isEqualTo(regions);
  }
}
