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
   * @param members whose step it is; several where it is a pass of a language model
   * @param pass that pass, or null
   */
  record Step(List<Task> members, @Nullable Pass pass) {
    Task first() {
      return members.get(0);
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
    if (first instanceof EngineVoice && step.pass == null && !lanes.contains(Lane.CODECS)) {
      return null; // asked for its row since it was looked at: that step is another lane's
    }
    busy.addAll(step.members);
    return step;
  }

  private Step step(Task first) {
    Pass pass = first instanceof EngineVoice voice ? voice.pass() : null;
    if (pass == null) {
      return new Step(List.of(first), null);
    }
    return new Step(company((EngineVoice) first, pass), pass);
  }

  private static boolean mayJoin(EngineVoice voice, EngineVoice leader) {
    return voice.rows() == leader.rows()
        && (!leader.isNew() || voice.deadlineNanos() - leader.deadlineNanos() - URGENT_NANOS <= 0);
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

  /**
   * The first and the others that wait for the same pass. Who waits for its first speech gets it
   * with those alone that are as urgent: a pass for many takes several times one for few.
   */
  private List<Task> company(EngineVoice first, Pass pass) {
    List<Task> company = new ArrayList<>();
    company.add(first);
    for (Task task : tasks) {
      if (task != first
          && task instanceof EngineVoice voice
          && isReady(voice)
          && mayJoin(voice, first)
          && voice.pass() == pass) {
        company.add(voice);
      }
    }
    return company;
  }
}
