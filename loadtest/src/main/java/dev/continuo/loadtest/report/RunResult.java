// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.loadtest.drive.Driver;
import dev.continuo.loadtest.measure.DriverHealth;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.v1.GetServerInfoResponse;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run that is over. <i>Immutable, but for the measures, which nobody adds to any more.</i>
 *
 * @param startedAt when it began
 * @param durationNanos how long it took, warm-up and all
 * @param end how it ended
 * @param settings what it was told to do
 * @param server what the server said of itself; null if it did not answer
 * @param measures what was measured
 * @param health how the driver was
 */
public record RunResult(
    Instant startedAt,
    long durationNanos,
    Driver.End end,
    ObjectNode settings,
    @Nullable GetServerInfoResponse server,
    Measures measures,
    DriverHealth.Summary health) {

  /** Whether it may be believed. */
  public Validity validity() {
    return Validity.of(measures, health);
  }
}
