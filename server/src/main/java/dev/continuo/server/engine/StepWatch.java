// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.Ticker;
import java.util.ArrayList;
import java.util.List;

/**
 * Times steps one after the other and tells an observer.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class StepWatch {
  private final EngineObserver observer;
  private final Ticker ticker;
  private List<? extends Task> members = List.of();
  private long[] deadlines = {};
  private long startNanos;

  StepWatch(EngineObserver observer, Ticker ticker) {
    this.observer = observer;
    this.ticker = ticker;
  }

  /** A step begins for some tasks, at least one, of one bundle. */
  void begin(List<? extends Task> tasks) {
    members = tasks;
    deadlines = tasks.stream().filter(Task::hasDeadline).mapToLong(Task::deadlineNanos).toArray();
    startNanos = ticker.nanos();
  }

  /** It is over; {@code WAIT} says that there was nothing to do. */
  void end(Stage stage) {
    if (stage == Stage.WAIT) {
      return;
    }
    long end = ticker.nanos();
    long slack = EngineObserver.NO_DEADLINE;
    int missed = 0;
    for (long deadline : deadlines) {
      slack = Math.min(slack, deadline - end);
      if (deadline - end < 0) {
        missed++;
      }
    }
    List<String> sessions = new ArrayList<>(members.size());
    for (Task task : members) {
      sessions.add(task.session());
    }
    observer.stepped(
        new EngineObserver.Step(
            stage, members.get(0).bundle(), sessions, startNanos, end - startNanos, slack, missed));
  }
}
