// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.ContinuationSession;
import dev.continuo.model.pipeline.Ticker;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent: each {@link #doWork} does one step of the task that is due first. A thread of its own
 * calls it; it parks where there is nothing to do and is woken by {@link #wake}.
 *
 * <p>Tasks are as many as there are seats, so its queues are bounded by admission. <i>Thread-safe:
 * {@link #add} and {@link #wake} from any thread; the rest is the engine thread's.</i>
 */
public final class Engine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final int CLOSE_MILLIS = 10_000;

  /** Speech that is due this much later may still be drawn together with a newcomer's first. */
  private static final long URGENT_NANOS = 200_000_000;

  private final Queue<Task> arrivals = new ConcurrentLinkedQueue<>();
  private final List<Task> tasks = new ArrayList<>();
  private final StepWatch watch;
  private final Thread thread = new Thread(this::run, "engine");
  private volatile boolean closing;
  private volatile boolean awake;

  /** An unobserved engine whose {@link #doWork} the caller calls, until {@link #start}. */
  public Engine() {
    this(EngineObserver.NONE, Ticker.system());
  }

  /**
   * An engine.
   *
   * @param observer is told of every step
   * @param ticker times them; that of its tasks
   */
  public Engine(EngineObserver observer, Ticker ticker) {
    watch = new StepWatch(observer, ticker);
    thread.setDaemon(true);
  }

  /** Starts the engine's thread. */
  public void start() {
    thread.start();
  }

  /** Takes a task. */
  void add(Task task) {
    arrivals.add(task);
    wake();
  }

  /** A task has something new to do. */
  void wake() {
    awake = true;
    LockSupport.unpark(thread);
  }

  /**
   * Does one step of the task that is due first.
   *
   * @return whether there was one
   */
  boolean doWork() {
    for (Task task = arrivals.poll(); task != null; task = arrivals.poll()) {
      tasks.add(task);
    }
    Task first = firstDue();
    if (first == null) {
      return false;
    }
    try {
      if (!(first instanceof EngineVoice voice) || !inCompany(voice)) {
        watch.begin(List.of(first));
        watch.end(first.step());
      }
    } catch (RuntimeException e) {
      fail(first, e);
    } catch (OutOfMemoryError e) {
      fail(first, new IllegalStateException("out of memory", e));
    }
    return true;
  }

  /**
   * Does a pass of the language model, if that is what the task's next step is, for it and for the
   * others that wait for the same. Who waits for its first speech gets it with those alone that are
   * as urgent: a pass for many takes several times one for few.
   *
   * @return whether it did
   */
  private boolean inCompany(EngineVoice first) {
    Pass pass = first.pass();
    if (pass == null) {
      return false;
    }
    long until = first.deadlineNanos() + URGENT_NANOS;
    List<EngineVoice> voices = new ArrayList<>();
    for (Task task : tasks) {
      if (task instanceof EngineVoice voice
          && voice.rows() == first.rows()
          && voice.pass() == pass
          && (!first.isNew() || voice.deadlineNanos() - until <= 0)) {
        voices.add(voice);
      }
    }
    watch.begin(voices);
    List<ContinuationSession> company = voices.stream().map(EngineVoice::continuation).toList();
    boolean could =
        pass == Pass.PREFILL
            ? Company.prefill(first.rows(), company)
            : Company.draw(first.rows(), company);
    if (could) {
      watch.end(pass.stage());
    }
    return could;
  }

  /** Tasks it has. */
  int tasks() {
    return tasks.size();
  }

  /** The ready task of the earliest deadline. Tasks that are over are let go on the way. */
  private @Nullable Task firstDue() {
    Task first = null;
    for (Iterator<Task> each = tasks.iterator(); each.hasNext(); ) {
      Task task = each.next();
      if (task.over()) {
        each.remove();
        free(task);
      } else if (task.ready()
          && (first == null || task.deadlineNanos() - first.deadlineNanos() < 0)) {
        first = task;
      }
    }
    return first;
  }

  /** Ends a task alone. */
  private void fail(Task task, RuntimeException cause) {
    tasks.remove(task);
    try {
      task.fail(cause);
    } catch (RuntimeException e) {
      LOG.error("a failure could not be told", e);
    } finally {
      free(task);
    }
  }

  private static void free(Task task) {
    try {
      task.free();
    } catch (RuntimeException e) {
      LOG.error("a task could not be freed", e);
    }
  }

  private void run() {
    while (!closing) {
      awake = false; // before looking: what comes while looking wakes it again
      if (!doWork()) {
        while (!awake && !closing) {
          LockSupport.park(this);
        }
      }
    }
    freeAll();
  }

  private void freeAll() {
    tasks.addAll(arrivals);
    arrivals.clear();
    tasks.forEach(Engine::free);
    tasks.clear();
  }

  /** Frees all tasks, then ends the thread. Idempotent. */
  @Override
  public void close() {
    closing = true;
    if (thread.getState() == Thread.State.NEW) {
      freeAll();
      return;
    }
    wake();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
