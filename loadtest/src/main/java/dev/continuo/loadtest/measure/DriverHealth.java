// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ListenerNotFoundException;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;

/**
 * How the driver's own process and its machine are doing: what could spoil a measurement.
 *
 * <p><i>Confined to the main thread; pauses are counted on a thread of the JVM's.</i>
 */
public final class DriverHealth implements AutoCloseable {
  private static final Path PROC_STAT = Path.of("/proc/stat");
  private static final Path PROC_STATUS = Path.of("/proc/self/status");
  private static final long BYTES_PER_KIB = 1024;

  private final List<GarbageCollectorMXBean> collectors =
      ManagementFactory.getGarbageCollectorMXBeans();
  private final AtomicLong longestPauseMillis = new AtomicLong();
  private final NotificationListener pauses = (notice, handback) -> pause(notice.getUserData());
  private final @Nullable MachineTimes startTimes = MachineTimes.read(PROC_STAT).orElse(null);
  private final long startCpuNanos = cpuNanos();
  private final long startNanos = System.nanoTime();
  private final long startPauses = pauses();
  private final long startPauseMillis = pauseMillis();

  private @Nullable MachineTimes lastTimes = startTimes;
  private long lastCpuNanos = startCpuNanos;
  private long lastNanos = startNanos;
  private double worstSteal;
  private boolean closed;

  /**
   * How busy it was for a while. <i>Immutable.</i>
   *
   * @param cpuCores processors that the driver kept busy
   * @param machineBusy share of the machine's processors that anybody kept busy, 0 to 1
   * @param steal share that the hypervisor gave to others, 0 to 1
   */
  public record Load(double cpuCores, double machineBusy, double steal) {}

  /**
   * The whole run. <i>Immutable.</i>
   *
   * @param load over the whole run
   * @param worstSteal in one second, 0 to 1
   * @param pauses of the garbage collector
   * @param pauseMillis all of them together
   * @param longestPauseMillis the longest of them
   * @param peakMemoryBytes most that the process had in memory; 0 where that cannot be known
   * @param processors that the driver may use
   */
  public record Summary(
      Load load,
      double worstSteal,
      long pauses,
      long pauseMillis,
      long longestPauseMillis,
      long peakMemoryBytes,
      int processors) {}

  /** Begins to watch. */
  public DriverHealth() {
    for (GarbageCollectorMXBean collector : collectors) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener(pauses, null, null);
      }
    }
  }

  /** How busy it was since the last call. */
  public Load sample() {
    MachineTimes times = MachineTimes.read(PROC_STAT).orElse(null);
    long cpuNanos = cpuNanos();
    long nanos = System.nanoTime();
    Load load = load(cpuNanos - lastCpuNanos, nanos - lastNanos, times, lastTimes);
    lastTimes = times;
    lastCpuNanos = cpuNanos;
    lastNanos = nanos;
    worstSteal = Math.max(worstSteal, load.steal());
    return load;
  }

  /** Everything since the beginning. */
  public Summary summary() {
    MachineTimes times = MachineTimes.read(PROC_STAT).orElse(null);
    return new Summary(
        load(cpuNanos() - startCpuNanos, System.nanoTime() - startNanos, times, startTimes),
        worstSteal,
        pauses() - startPauses,
        pauseMillis() - startPauseMillis,
        longestPauseMillis.get(),
        peakMemoryBytes(),
        Runtime.getRuntime().availableProcessors());
  }

  /** Stops watching. Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (GarbageCollectorMXBean collector : collectors) {
      if (collector instanceof NotificationEmitter emitter) {
        try {
          emitter.removeNotificationListener(pauses);
        } catch (ListenerNotFoundException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private static Load load(
      long cpuNanos, long nanos, @Nullable MachineTimes now, @Nullable MachineTimes before) {
    double cores = nanos <= 0 || cpuNanos < 0 ? 0 : (double) cpuNanos / nanos;
    return now == null || before == null
        ? new Load(cores, 0, 0)
        : new Load(cores, now.busySince(before), now.stolenSince(before));
  }

  private void pause(Object userData) {
    if (userData instanceof CompositeData data) {
      long millis = GarbageCollectionNotificationInfo.from(data).getGcInfo().getDuration();
      longestPauseMillis.accumulateAndGet(millis, Math::max);
    }
  }

  private long pauses() {
    return collectors.stream().mapToLong(c -> Math.max(0, c.getCollectionCount())).sum();
  }

  private long pauseMillis() {
    return collectors.stream().mapToLong(c -> Math.max(0, c.getCollectionTime())).sum();
  }

  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  private static long peakMemoryBytes() {
    try {
      for (String line : Files.readAllLines(PROC_STATUS, StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * BYTES_PER_KIB;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }
}
