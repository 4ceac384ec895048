// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.loadtest.drive.Driver;
import dev.continuo.loadtest.measure.DriverHealth;
import dev.continuo.loadtest.measure.Heard;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.loadtest.measure.Outcome;
import dev.continuo.loadtest.measure.Sent;
import dev.continuo.loadtest.measure.SessionRecord;
import dev.continuo.loadtest.measure.Timeline;
import dev.continuo.loadtest.measure.Trace;
import dev.continuo.loadtest.plan.Behaviour;
import dev.continuo.loadtest.plan.Recording;
import dev.continuo.loadtest.plan.SessionPlan;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/** Sessions and runs for tests. */
final class Runs {
  private static final long MS = 1_000_000L;

  private Runs() {}

  /** A session that was heard 100 + {@code number} ms after its commit, 600 ms of audio. */
  static SessionRecord completed(int number) {
    long commit = (1000L + number) * MS;
    long first = commit + (100 + number) * MS;
    return session(
        number,
        Outcome.COMPLETED,
        "OK",
        new Timeline(
            0, 0, MS, commit, commit, commit, first, first, first + 400 * MS, first + 400 * MS),
        new Heard(
            new long[] {first, first + 200 * MS, first + 400 * MS},
            new long[] {200 * MS, 200 * MS, 200 * MS},
            0,
            0,
            0,
            0,
            0,
            first,
            first + 600 * MS));
  }

  static SessionRecord rejected(int number) {
    long never = Timeline.NEVER;
    return session(
        number,
        Outcome.REJECTED,
        "RESOURCE_EXHAUSTED:TOO_MANY_SESSIONS",
        new Timeline(0, 0, never, never, never, never, never, never, never, 2 * MS),
        new Heard(new long[0], new long[0], 0, 0, 0, 0, 0, never, never));
  }

  private static SessionRecord session(
      int number, Outcome outcome, String status, Timeline times, Heard heard) {
    return new SessionRecord(
        new SessionPlan(
            number, new Recording("a.wav", 0, 100), 50, 0, 600, 0, Behaviour.NORMAL, 0, 1),
        0,
        true,
        "s" + number,
        outcome,
        status,
        "</script><b>\u2028",
        times,
        new Sent(50, 0, 0, MS),
        heard,
        outcome == Outcome.COMPLETED ? new Trace(1, 2, 3, 4000, 500, 6, 4512, 0.2) : null);
  }

  static RunResult result(Measures measures) {
    ObjectNode settings = ReportJson.JSON.createObjectNode();
    settings.put("server", "localhost:1");
    return new RunResult(
        Instant.parse("2026-01-02T03:04:05Z"),
        65_000 * MS,
        Driver.End.COMPLETED,
        settings,
        null,
        measures,
        new DriverHealth.Summary(
            new DriverHealth.Load(0.25, 0.5, 0.001), 0, 3, 12, 7, 90_000_000, 2));
  }
}
