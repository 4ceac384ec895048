// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import dev.continuo.loadtest.measure.Ticker;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Runs tasks at absolute times: an agent whose {@link #doWork} one thread calls over and over.
 *
 * <p>A task that is late is run at once and told the time it was meant for; no schedule ever
 * shifts.
 *
 * <p><i>Thread-safe for {@link #at}; {@code doWork} is confined to one thread, and so is every
 * task.</i>
 */
public final class Pacer {
  private final Ticker ticker;
  private final Queue<Entry> incoming = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Entry> due = new PriorityQueue<>();
  private long order;

  /** Something to be done at a time. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does it.
     *
     * @param intendedNanos the time it was meant for
     */
    void run(long intendedNanos);
  }

  /** An agent with nothing to do. */
  public Pacer(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Hands in a task. It is seen by the next {@link #doWork}, which is not called by this. */
  public void at(long nanos, Task task) {
    incoming.add(new Entry(nanos, task));
  }

  /**
   * Runs whatever is due, in the order of the intended times.
   *
   * @return when there is something to do again, {@link Long#MAX_VALUE} if never
   */
  public long doWork() {
    while (true) {
      takeIn();
      Entry next = due.peek();
      if (next == null) {
        return Long.MAX_VALUE;
      }
      if (next.nanos > ticker.nanos()) {
        return next.nanos;
      }
      due.remove();
      next.task.run(next.nanos);
    }
  }

  private void takeIn() {
    for (Entry entry = incoming.poll(); entry != null; entry = incoming.poll()) {
      entry.order = order++;
      due.add(entry);
    }
  }

  /** Tasks of the same time run in the order they came. */
  private static final class Entry implements Comparable<Entry> {
    private final long nanos;
    private final Task task;
    private long order;

    Entry(long nanos, Task task) {
      this.nanos = nanos;
      this.task = task;
    }

    @Override
    public int compareTo(Entry other) {
      int byTime = Long.compare(nanos, other.nanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
