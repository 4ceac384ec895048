// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import dev.continuo.loadtest.plan.Codec;
import dev.continuo.loadtest.plan.Lengths;
import dev.continuo.loadtest.plan.Prompts;
import dev.continuo.loadtest.plan.Workload;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What sessions are like. <i>Serialised by the caller.</i> */
final class WorkloadArguments {
  @Option(
      names = "--prompts",
      paramLabel = "DIR",
      description =
          "Folder of recordings to speak (WAV, FLAC, Ogg Opus). Default: three sentences of English.")
  private @Nullable Path prompts;

  @Option(
      names = "--prompt-seconds",
      paramLabel = "LENGTH",
      defaultValue = "3",
      description = "Length of a prompt: " + Lengths.SYNTAX + ". Default: ${DEFAULT-VALUE}.")
  private String promptSeconds = "3";

  @Option(
      names = "--continue-seconds",
      paramLabel = "LENGTH",
      defaultValue = "6",
      description = "Length of the continuation asked for, likewise. Default: ${DEFAULT-VALUE}.")
  private String continueSeconds = "6";

  @Option(
      names = "--think-seconds",
      paramLabel = "LENGTH",
      defaultValue = "1",
      description =
          "Pause of a person between listening and speaking again, likewise. Default: ${DEFAULT-VALUE}.")
  private String thinkSeconds = "1";

  @Option(
      names = "--codec",
      paramLabel = "CODEC",
      defaultValue = "pcm16",
      description = "How audio travels, both ways: pcm16 or opus. Default: ${DEFAULT-VALUE}.")
  private Codec codec = Codec.PCM16;

  @Option(
      names = "--stall-share",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Share of clients, 0 to 1, that stop reading at the first audio. Default: ${DEFAULT-VALUE}.")
  private double stallShare;

  @Option(
      names = "--vanish-share",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Share of clients, 0 to 1, whose connection goes away. Default: ${DEFAULT-VALUE}.")
  private double vanishShare;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Seed of everything drawn: arrivals, lengths, recordings, the server's draws. Default: ${DEFAULT-VALUE}.")
  private long seed;

  Codec codec() {
    return codec;
  }

  /**
   * The workload.
   *
   * @throws IllegalArgumentException if a value is wrong; the message is one line
   * @throws IOException if a recording cannot be read; likewise
   */
  Workload workload() throws IOException {
    Lengths promptLengths = lengths("--prompt-seconds", promptSeconds);
    Lengths continuationLengths = lengths("--continue-seconds", continueSeconds);
    Lengths thinkLengths = lengths("--think-seconds", thinkSeconds);
    share("--stall-share", stallShare);
    share("--vanish-share", vanishShare);
    if (stallShare + vanishShare > 1) {
      throw new IllegalArgumentException(
          "--vanish-share: "
              + vanishShare
              + " with --stall-share "
              + stallShare
              + " (expected: at most 1 together)");
    }
    Prompts spoken = prompts == null ? Prompts.bundled(codec) : Prompts.ofFolder(prompts, codec);
    return new Workload(
        spoken, promptLengths, continuationLengths, thinkLengths, stallShare, vanishShare, seed);
  }

  private static void share(String option, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(option + ": " + value + " (expected: 0 to 1)");
    }
  }

  private static Lengths lengths(String option, String text) {
    try {
      return Lengths.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }
}
