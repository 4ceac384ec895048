// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Options that say where and how networks run.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class ExecutionArguments {
  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu, cuda or cuda:N. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "Arithmetic of the large matrices: f32, fp16 or int8."
              + " Default: f32 for units, fp16 elsewhere.")
  private @Nullable Precision precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Torch threads. Default: ${DEFAULT-VALUE}.")
  private int threads;

  /**
   * What they say.
   *
   * @param otherwise precision where none is given
   * @throws IllegalArgumentException naming the option that is out of range, without its dashes
   */
  public ModelOptions options(Precision otherwise) {
    return new ModelOptions(device, precision == null ? otherwise : precision, threads);
  }
}
