// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in order, on the threads of a pool.
 *
 * <p>Its queue is as long as its users' credit: a call reads one message at a time, the engine
 * makes no more audio than was asked for. <i>Thread-safe: a task sees what the one before it
 * did.</i>
 */
final class SerialExecutor implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

  /** Tasks run before the pool's other users get their turn. */
  private static final int SHARE = 16;

  private final Executor pool;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  SerialExecutor(Executor pool) {
    this.pool = pool;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      pool.execute(this::run);
    }
  }

  /**
   * Runs a task on the calling thread before this returns, where no other runs or waits; otherwise
   * in its turn. For short tasks that would wait longer for a thread than they take.
   */
  void now(Runnable task) {
    if (!waiting.compareAndSet(0, 1)) {
      execute(task);
      return;
    }
    attempt(task);
    if (waiting.decrementAndGet() > 0) {
      pool.execute(this::run);
    }
  }

  private void run() {
    for (int i = 0; i < SHARE; i++) {
      attempt(tasks.remove());
      if (waiting.decrementAndGet() == 0) {
        return;
      }
    }
    pool.execute(this::run);
  }

  private static void attempt(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("a task failed", e);
    }
  }
}
