// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.Seats;
import dev.continuo.v1.GenerateResponse;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Units to the units that follow. <i>Confined to the engine thread.</i> */
final class GenerateTask extends ResearchTask<GenerateResponse> {
  /** Units of the prompt taken in one step: two blocks. */
  private static final int STEP_UNITS = 16;

  private final UnitLanguageModel model;
  private final int[] prompt;
  private final Sampling sampling;
  private final int maxUnits;
  private UnitLanguageModel.@Nullable Sequence sequence;
  private int taken;
  private int drawn;

  GenerateTask(
      UnitLanguageModel model,
      int[] prompt,
      Sampling sampling,
      int maxUnits,
      String bundle,
      Results<GenerateResponse> results,
      Seats.Seat seat,
      Ticker ticker) {
    super(Stage.DECODE, bundle, results, seat, ticker);
    this.model = model;
    this.prompt = prompt;
    this.sampling = sampling;
    this.maxUnits = maxUnits;
  }

  @Override
  boolean work(Results<GenerateResponse> out) {
    UnitLanguageModel.Sequence open = sequence;
    if (open == null) {
      open = model.open(prompt.length + maxUnits);
      sequence = open;
    }
    if (taken < prompt.length) {
      int end = Math.min(prompt.length, taken + STEP_UNITS);
      open.append(Arrays.copyOfRange(prompt, taken, end));
      taken = end;
      return false;
    }
    int unit = open.next(sampling, 0);
    GenerateResponse.Builder response = GenerateResponse.newBuilder().setSeed(sampling.seed());
    if (unit != UnitLanguageModel.END) {
      out.next(response.addUnits(unit).build());
      drawn++;
    } else if (drawn == 0) {
      out.next(response.build());
    }
    return unit == UnitLanguageModel.END || drawn == maxUnits;
  }

  @Override
  void release() {
    if (sequence != null) {
      sequence.close();
    }
  }
}
