// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.pipeline.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchTraceTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private static EngineObserver.Step step(Stage stage, List<String> sessions) {
    return new EngineObserver.Step(stage, "b\"1", sessions, 5_000, 2_000, -3_000, 1);
  }

  @Test
  void writesAStepALineOnTheTrackOfItsNetworks() throws Exception {
    Path file = folder.resolve("trace.json");
    BatchTrace kept;
    try (BatchTrace trace = BatchTrace.open(file)) {
      trace.stepped(step(Stage.DECODE, List.of("s1", "s2")));
      trace.stepped(step(Stage.VOCODE, List.of("s1")));
      kept = trace;
    }
    kept.stepped(step(Stage.VOCODE, List.of("too late")));
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(5).first().isEqualTo("[");
    assertThat(lines.get(3))
        .isEqualTo(
            "{\"name\":\"decode\",\"cat\":\"b\\\"1\",\"ph\":\"X\",\"ts\":5,\"dur\":2,\"pid\":1,"
                + "\"tid\":0,\"args\":{\"rows\":2,\"slack_us\":-3,\"missed\":1,"
                + "\"sessions\":[\"s1\",\"s2\"]}},");
    assertThat(lines.get(4)).contains("\"vocode\"", "\"tid\":1");
  }
}
