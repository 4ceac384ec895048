// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that sessions' work runs on: a small pool, and one that watches the clock.
 *
 * <p><i>Thread-safe.</i>
 */
final class Workers implements AutoCloseable {
  private static final int THREADS = 2;
  private static final int CLOSE_SECONDS = 5;

  private final ExecutorService pool =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          named("session"),
          new ThreadPoolExecutor.DiscardPolicy()); // once it is closed, every session has ended
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, named("session-timer"));

  Workers() {
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** A new order of tasks. */
  SerialExecutor serial() {
    return new SerialExecutor(pool);
  }

  /** Runs a short task later, on the timer's thread. */
  Future<?> after(long delayNanos, Runnable task) {
    return timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  private static ThreadFactory named(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Ends the threads. Idempotent. */
  @Override
  public void close() {
    timer.shutdown();
    pool.shutdown();
    try {
      if (!pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
