// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.Ticker;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent: each {@link #doWork} does the step that is due first. Threads of its own call it, each
 * for some lanes; they park where there is nothing to do and are woken by {@link #wake}.
 *
 * <p>A task is in one step at a time, so whoever does it owns the task's state meanwhile; the
 * agenda's lock is held for choosing alone. Tasks are as many as there are seats, and sessions that
 * gave theirs up while they are silent; both are bounded by admission. <i>Thread-safe.</i>
 */
public final class Engine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final int CLOSE_MILLIS = 10_000;

  private final Queue<Task> arrivals = new ConcurrentLinkedQueue<>();
  private final Agenda agenda = new Agenda(); // its own lock
  private final EngineObserver observer;
  private final Ticker ticker;
  private volatile List<Worker> workers = List.of();
  private volatile boolean closing;

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
    this.observer = observer;
    this.ticker = ticker;
  }

  /**
   * Starts the engine's threads; once.
   *
   * @param byLane whether each lane has a thread of its own, or one has all: who owns a device
   */
  public void start(boolean byLane) {
    workers =
        byLane
            ? List.of(
                new Worker("engine-lm", Set.of(Lane.LANGUAGE)),
                new Worker("engine-codecs", Set.of(Lane.CODECS)))
            : List.of(new Worker("engine", Lane.ALL));
    workers.forEach(Worker::start);
  }

  /** Takes a task. */
  void add(Task task) {
    arrivals.add(task);
    wake();
  }

  /** A task has something new to do. */
  void wake() {
    workers.forEach(Worker::wake);
  }

  /**
   * Does the step that is due first.
   *
   * @return whether there was one
   */
  boolean doWork() {
    return doWork(Lane.ALL);
  }

  private boolean doWork(Set<Lane> lanes) {
    Agenda.Step step = claim(lanes);
    if (step == null) {
      return false;
    }
    perform(step);
    return true;
  }

  /** Takes on the step of some lanes that is due first; {@link #perform} follows. */
  Agenda.@Nullable Step claim(Set<Lane> lanes) {
    synchronized (agenda) {
      for (Task task = arrivals.poll(); task != null; task = arrivals.poll()) {
        agenda.add(task);
      }
      if (lanes.contains(Lane.CODECS)) {
        agenda.removeOver(Engine::free); // their state is that lane's
      }
      return agenda.claim(lanes, ticker.nanos());
    }
  }

  /** Does a step that was taken on. A failing task ends alone. */
  void perform(Agenda.Step step) {
    try {
      StepWatch watch = new StepWatch(observer, ticker);
      watch.begin(step.members());
      Pass pass = step.pass();
      if (pass == null) {
        watch.end(alone(step.first(), step.first()::step));
      } else if (pass.lane() == Lane.CODECS) {
        watch.end(new CodecCompany(Engine::fail).run(pass, step.members()));
      } else if (Company.together(pass, step.members())) {
        watch.end(pass.stage());
      } else {
        for (Task member : step.members()) {
          alone(member, () -> Company.alone(pass, member));
        }
      }
    } catch (OutOfMemoryError e) { // how far each has come is not known
      RuntimeException cause = new IllegalStateException("out of memory", e);
      for (Task member : step.members()) {
        if (!member.over()) {
          fail(member, cause);
        }
      }
    } finally {
      synchronized (agenda) {
        agenda.release(step, ticker.nanos());
      }
      wake();
    }
  }

  private interface Work {
    Stage run();
  }

  private static Stage alone(Task task, Work work) {
    try {
      return work.run();
    } catch (RuntimeException e) {
      fail(task, e);
    }
    return Stage.WAIT;
  }

  /** A voice has given up its row. */
  void evicted(EngineVoice voice) {
    observer.evicted(voice.bundle(), voice.session());
  }

  /** It has one again, or needs none any more. */
  void returned(EngineVoice voice) {
    observer.returned(voice.bundle(), voice.session());
  }

  /** Tasks it has. */
  int tasks() {
    synchronized (agenda) {
      return agenda.size();
    }
  }

  private static void fail(Task task, RuntimeException cause) {
    try {
      task.fail(cause);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("a failure could not be told", e);
    }
  }

  private static void free(Task task) {
    try {
      task.free();
    } catch (RuntimeException e) {
      LOG.error("a task could not be freed", e);
    }
  }

  /** A thread that does the steps of some lanes. <i>Thread-safe: {@link #wake}.</i> */
  private final class Worker {
    private final Set<Lane> lanes;
    private final Thread thread;
    private volatile boolean awake;

    Worker(String name, Set<Lane> lanes) {
      this.lanes = lanes;
      this.thread = new Thread(this::run, name);
      thread.setDaemon(true);
    }

    void start() {
      thread.start();
    }

    void wake() {
      awake = true;
      LockSupport.unpark(thread);
    }

    private void run() {
      while (!closing) {
        awake = false; // before looking: what comes while looking wakes it again
        if (!doWork(lanes)) {
          while (!awake && !closing) {
            LockSupport.park(this);
          }
        }
      }
    }
  }

  /** Ends the threads, then frees all tasks. Idempotent. */
  @Override
  public void close() {
    closing = true;
    wake();
    try {
      for (Worker worker : workers) {
        worker.thread.join(CLOSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (agenda) {
      arrivals.forEach(agenda::add);
      arrivals.clear();
      agenda.removeAll(Engine::free);
    }
  }
}
