// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.encoder.StreamingEncoder;
import dev.continuo.model.lm.CausalLanguageModel;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.vocoder.SourceFilterVocoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Continuations one after the other in one process. {@code -Dcontinuo.continuations=2000} makes it
 * the long run of docs/benchmarks/memory.md; only then is there enough of it to ask resident memory
 * to be flat.
 */
class ManyContinuationsTest {
  private static final int COUNT = Integer.getInteger("continuo.continuations", 20);
  private static final int LONG_RUN = 1000;
  private static final int REPORTS = 10;
  private static final int BAD_EVERY = 7;

  @Test
  void leaveNoNativeArrayAndNoMemory() throws IOException {
    Bundle bundle = Golden.bundle();
    ModelOptions options = ModelOptions.cpu(Precision.FP16);
    float[] recording = Golden.wav("prompt");
    double[] residentMegabytes = new double[REPORTS + 1];
    try (StreamingEncoder encoder =
            StreamingEncoder.load(bundle.encoder().folder(), bundle.quantizerFile(), options);
        CausalLanguageModel lm =
            CausalLanguageModel.load(bundle.lm().folder(), bundle.lmIds(), options);
        SourceFilterVocoder vocoder =
            SourceFilterVocoder.load(bundle.vocoder().folder(), options)) {
      Networks networks = new Networks(encoder, lm, vocoder);
      for (int i = 1; i <= COUNT; i++) {
        int length = recording.length - (i % 50) * 320;
        converse(networks, Arrays.copyOf(recording, length), i);
        assertThat(Tensor.live()).as("native arrays after %d", i).isZero();
        if (i % Math.max(1, COUNT / REPORTS) == 0 && COUNT >= LONG_RUN) {
          System.gc();
          int report = i / (COUNT / REPORTS);
          residentMegabytes[report] = residentMegabytes();
          System.err.printf(
              Locale.ROOT, "%d continuations: %.1f MB resident%n", i, residentMegabytes[report]);
        }
      }
    }
    if (COUNT >= LONG_RUN) {
      double early = residentMegabytes[REPORTS / 5];
      assertThat(residentMegabytes[REPORTS]).isCloseTo(early, withinPercentage(2));
    }
  }

  private static void converse(Networks networks, float[] recording, int seed) {
    Prompt prompt = new Prompt("prompt.wav", 16_000, recording.length);
    try (ContinuationSession session =
        ContinuationSession.open(networks, prompt, 1, Sampling.defaults(seed), Ticker.system())) {
      session.push(recording, 0, recording.length);
      if (seed % BAD_EVERY == 0) {
        return; // given up before the commit
      }
      session.commit();
      for (int step = 0; !session.ended(); step++) {
        if (seed % BAD_EVERY == 1 && step == seed % 25) {
          return; // or in the middle of the speech
        }
        session.step();
      }
    }
  }

  private static double residentMegabytes() throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    String line = status.lines().filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
  }
}
