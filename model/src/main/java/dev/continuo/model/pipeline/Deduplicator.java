// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import java.util.function.IntConsumer;

/**
 * Run lengths of a stream of units. A run is known by its unit as soon as it opens, so a language
 * model need not wait for its end; its length is known when the next run opens, or at the end.
 *
 * <p>However the stream is cut, the runs are those of {@code torch.unique_consecutive} on the
 * whole. <i>Serialised by the caller.</i>
 */
public final class Deduplicator {
  private int unit;
  private int length;

  /**
   * Takes units, one a frame.
   *
   * @param frameUnits units of at least 0; borrowed, not kept
   * @param opened is given the unit of each run that opens
   * @param ended is given the length in frames of each run that ends, in order; always one run
   *     behind {@code opened}
   */
  public void push(int[] frameUnits, IntConsumer opened, IntConsumer ended) {
    for (int next : frameUnits) {
      if (length > 0 && next == unit) {
        length++;
        continue;
      }
      finish(ended);
      unit = next;
      length = 1;
      opened.accept(next);
    }
  }

  /**
   * Ends the open run, if there is one; the next unit opens another in any case.
   *
   * @param ended is given its length in frames
   */
  public void finish(IntConsumer ended) {
    if (length > 0) {
      ended.accept(length);
    }
    length = 0;
  }
}
