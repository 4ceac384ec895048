// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The process's resident memory, most of which is not Java's. <i>Thread-safe: stateless.</i> */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String FIELD = "VmRSS:";
  private static final int BYTES_PER_KIB = 1024;

  private ResidentMemory() {}

  /** Registers it, where the system tells. */
  static void bind(MeterRegistry registry) {
    if (Files.isReadable(STATUS)) {
      Gauge.builder("process.resident.memory", ResidentMemory::bytes)
          .description("Resident memory of the process")
          .baseUnit("bytes")
          .register(registry);
    }
  }

  private static double bytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(FIELD)) {
          String kib = line.substring(FIELD.length()).replace("kB", "").trim();
          return Double.parseDouble(kib) * BYTES_PER_KIB;
        }
      }
      return Double.NaN;
    } catch (IOException e) {
      return Double.NaN; // a scrape has no other way to say so
    }
  }
}
