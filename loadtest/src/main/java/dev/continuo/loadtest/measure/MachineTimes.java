// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the machine's processors have done since it started, by {@code /proc/stat} (Linux). In ticks
 * of the kernel; only shares of differences mean something. <i>Immutable.</i>
 *
 * @param total all ticks
 * @param idle ticks with nothing to do, or waiting for a disk
 * @param stolen ticks that the hypervisor gave to others
 */
public record MachineTimes(long total, long idle, long stolen) {
  private static final int IDLE = 3;
  private static final int IO_WAIT = 4;
  private static final int STEAL = 7;

  /** Guest time is part of user time already. */
  private static final int FIELDS = 8;

  /** As they are now; nothing where there is no such file. */
  static Optional<MachineTimes> read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
      return lines.isEmpty() ? Optional.empty() : parse(lines.get(0));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Reads the line {@code cpu}. */
  static Optional<MachineTimes> parse(String line) {
    String[] fields = line.trim().split("\\s+", -1);
    if (!fields[0].equals("cpu") || fields.length <= FIELDS) {
      return Optional.empty();
    }
    long[] ticks = new long[FIELDS];
    long total = 0;
    for (int i = 0; i < FIELDS; i++) {
      ticks[i] = Long.parseLong(fields[i + 1]);
      total += ticks[i];
    }
    return Optional.of(new MachineTimes(total, ticks[IDLE] + ticks[IO_WAIT], ticks[STEAL]));
  }

  /** Share of the time since {@code before} that was stolen, 0 to 1. */
  double stolenSince(MachineTimes before) {
    return share(stolen - before.stolen, before);
  }

  /** Share of the time since {@code before} that somebody used, 0 to 1. */
  double busySince(MachineTimes before) {
    return share(total - before.total - (idle - before.idle) - (stolen - before.stolen), before);
  }

  private double share(long ticks, MachineTimes before) {
    long all = total - before.total;
    return all <= 0 ? 0 : Math.max(0, (double) ticks / all);
  }
}
