// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine's tasks and the order of their steps.
 *
 * <p>What must be done now ({@link Task#neededNanos}) comes before what should be done soon ({@link
 * Task#deadlineNanos}); in either the earliest comes first. So a newcomer's first speech comes soon
 * as long as nobody who speaks is about to fall silent for it, and nobody waits for ever. <i>
 * Serialised by the caller.</i>
 */
final class Agenda {
  /** Speech that is due this much later may still be drawn together with a newcomer's first. */
  private static final long URGENT_NANOS = 200_000_000;

  private final List<Task> tasks = new ArrayList<>();
  private final Set<Task> busy = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * A step to be done.
   *
   * @param members whose step it is; several where it is a pass of a network
   * @param pass that pass, or null
   */
  record Step(List<Task> members, @Nullable Pass pass) {
    Task first() {
      return members.get(0);
    }

    Lane lane() {
      return pass == null ? first().lane() : pass.lane();
    }
  }

  void add(Task task) {
    tasks.add(task);
  }

  /** Tasks there are. */
  int size() {
    return tasks.size();
  }

  /** Takes out the tasks that are over and not in a step. */
  void removeOver(Consumer<Task> removed) {
    for (Iterator<Task> each = tasks.iterator(); each.hasNext(); ) {
      Task task = each.next();
      if (!busy.contains(task) && task.over()) {
        each.remove();
        removed.accept(task);
      }
    }
  }

  /** Takes out all tasks. */
  void removeAll(Consumer<Task> removed) {
    tasks.forEach(removed);
    tasks.clear();
    busy.clear();
  }

  /** Begins the next step of some lanes; its members have no other until {@link #release}. */
  @Nullable Step claim(Set<Lane> lanes, long nowNanos) {
    Task first = first(lanes, nowNanos);
    if (first == null) {
      return null;
    }
    Step step = step(first);
    if (!lanes.contains(step.lane())) {
      return null; // has another step since it was looked at, which is another lane's
    }
    busy.addAll(step.members);
    return step;
  }

  private Step step(Task first) {
    Pass pass = first.pass();
    return new Step(pass == null ? List.of(first) : company(first, pass), pass);
  }

  /** A step has been done. */
  void release(Step step, long nowNanos) {
    for (Task member : step.members) {
      busy.remove(member);
      member.stepped(nowNanos);
    }
  }

  private boolean isReady(Task task) {
    return !busy.contains(task) && !task.over() && task.ready();
  }

  private @Nullable Task first(Set<Lane> lanes, long nowNanos) {
    Task needed = null;
    Task wanted = null;
    for (Task task : tasks) {
      if (!isReady(task) || !lanes.contains(task.lane())) {
        continue;
      }
      long must = task.neededNanos();
      if (must - nowNanos <= 0 && (needed == null || must - needed.neededNanos() < 0)) {
        needed = task;
      }
      if (wanted == null || task.deadlineNanos() - wanted.deadlineNanos() < 0) {
        wanted = task;
      }
    }
    return needed == null ? wanted : needed;
  }

  private record Mate(Task task, long deadlineNanos) {}

  /**
   * The first and those that wait for the same pass and are due before others that do, as many as
   * are worth it. Who waits for its first speech gets it with those alone that are as urgent: a
   * pass for many takes several times one for few.
   */
  private List<Task> company(Task first, Pass pass) {
    long until = first.deadlineNanos() + URGENT_NANOS;
    boolean isNew = first.isNew();
    Object network = first.network(pass);
    List<Mate> mates = new ArrayList<>();
    for (Task task : tasks) {
      if (task != first && isReady(task) && task.pass() == pass) {
        long deadline = task.deadlineNanos(); // once: its client may commit meanwhile
        if (task.network(pass) == network && (!isNew || deadline - until <= 0)) {
          mates.add(new Mate(task, deadline));
        }
      }
    }
    mates.sort((a, b) -> Long.signum(a.deadlineNanos - b.deadlineNanos));
    List<Task> company = new ArrayList<>();
    company.add(first);
    for (Mate mate : mates.subList(0, Math.min(mates.size(), first.mostTogether(pass) - 1))) {
      company.add(mate.task);
    }
    return company;
  }
}
