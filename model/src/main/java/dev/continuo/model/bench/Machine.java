// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bench;

import dev.continuo.model.Precision;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What this machine can do at most with the torch threads it was given, measured when asked: the
 * rate at which it reads an array of some size, and the rate of its arithmetic, as the best of the
 * kernels that torch has for a precision.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Machine {
  private static final int RUNS = 7;
  private static final int WIDTH = 1024; // of the matrices
  private static final int ROWS = 512; // that are multiplied with one
  private static final long SMALLEST_BYTES = 16L << 20;
  private static final long LARGEST_BYTES = 512L << 20; // beyond any cache

  private final String device;
  private final TreeMap<Long, Double> readGbS = new TreeMap<>();

  /** The machine as far as {@code cpu}, {@code cuda} or {@code cuda:N} goes. */
  Machine(String device) {
    this.device = device;
  }

  /**
   * Rate at which an array is read again and again, in 10^9 bytes a second: of the size given,
   * rounded up to a power of two from 16 to 512 MiB, as what fits a cache is read faster.
   */
  double readGbS(long bytes) {
    long size = SMALLEST_BYTES;
    while (size < bytes && size < LARGEST_BYTES) {
      size *= 2;
    }
    return readGbS.computeIfAbsent(size, this::measureRead);
  }

  private double measureRead(long bytes) {
    try (TorchModule module = module();
        Tensor array = module.zeros(bytes / Float.BYTES)) {
      return bytes / (double) least(() -> module.callForLong("read", array));
    }
  }

  /** Rate of products of matrices in this precision, in 10^9 additions and products a second. */
  double gops(Precision precision) {
    if (!device.equals("cpu")) {
      long way = precision == Precision.F32 ? 0 : precision == Precision.FP16 ? -1 : -2;
      return measure("add", (long) WIDTH, way);
    }
    if (precision == Precision.INT8) {
      return measure("add", (long) WIDTH, 127L);
    }
    return Math.max(
        measure("add", (long) WIDTH, 0L),
        Math.max(measure("add", (long) WIDTH, 1L), measure("add_onednn", (long) WIDTH)));
  }

  private double measure(String pack, Object... sizes) {
    try (TorchModule module = module();
        Tensor x = module.zeros(ROWS, WIDTH)) {
      Object[] arguments = Arrays.copyOf(sizes, sizes.length + 1);
      arguments[sizes.length] = x;
      module.callForLong(pack, arguments);
      return 2.0 * ROWS * WIDTH * WIDTH / least(() -> module.callForLong("multiply", x));
    }
  }

  private TorchModule module() {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("training", false);
    attributes.put("q", Map.of());
    for (String list : List.of("p", "w", "b", "packed")) {
      attributes.put(list, List.of());
    }
    return TorchModule.load(Machine.class, "machine.py", "Machine", attributes, device);
  }

  /** Least time of some runs, in nanoseconds. */
  private static long least(Runnable work) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < RUNS; i++) {
      long start = System.nanoTime();
      work.run();
      least = Math.min(least, System.nanoTime() - start);
    }
    return least;
  }
}
