// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.continuo.model.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's one PyTorch engine, started on first use: offline, with its native library unpacked
 * under Continuo's own home.
 *
 * <p><i>Thread-safe: started once under the class's lock; thread settings are per thread.</i>
 */
public final class TorchRuntime {
  private static final ThreadLocal<Boolean> THREAD_READY = ThreadLocal.withInitial(() -> false);

  private static final Logger LOG = LoggerFactory.getLogger(TorchRuntime.class);

  private static boolean started;

  private TorchRuntime() {}

  /**
   * Starts the engine if it is not running.
   *
   * @param home folder under which the native library is unpacked, unless {@code DJL_CACHE_DIR}
   *     names another
   * @param threads torch threads of each call, used by the first start only. One is the default:
   *     OpenMP teams on shared cores stall for 50 to 1000 ms
   */
  public static synchronized void start(Path home, int threads) {
    if (started) {
      return;
    }
    if (System.getenv("DJL_CACHE_DIR") == null) {
      setDefault("DJL_CACHE_DIR", home.resolve("djl").toString());
    }
    setDefault("ai.djl.offline", "true");
    setDefault("OPT_OUT_TRACKING", "true");
    setDefault("ai.djl.pytorch.num_threads", Integer.toString(threads));
    setDefault("ai.djl.pytorch.num_interop_threads", "1");
    Engine.getEngine("PyTorch");
    started = true;
  }

  /** Version of the engine and of its torch library, for {@code --version}. */
  public static String version() {
    return "DJL "
        + Engine.getDjlVersion()
        + ", PyTorch "
        + Engine.getEngine("PyTorch").getVersion();
  }

  /**
   * Readies the calling thread: the JIT's profiling optimiser is a flag of the thread, and it makes
   * the first calls of every new shape several times slower for no gain afterwards.
   */
  static void prepareThread() {
    if (!THREAD_READY.get()) {
      optimize(false);
      THREAD_READY.set(true);
    }
  }

  /** Turns the calling thread's profiling optimiser on or off. */
  static void optimize(boolean on) {
    JniUtils.setGraphExecutorOptimize(on);
  }

  static PtNDManager newManager(String device) {
    try {
      return (PtNDManager) NDManager.newBaseManager(device(device), "PyTorch");
    } catch (EngineException e) {
      throw new InputException("device: " + device + " is not available here", e);
    }
  }

  static Device device(String name) {
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    int index = name.indexOf(':') < 0 ? 0 : Integer.parseInt(name.substring(name.indexOf(':') + 1));
    int present = Engine.getEngine("PyTorch").getGpuCount();
    if (index >= present) {
      throw new InputException(
          "--device: "
              + name
              + " (expected: one of the "
              + present
              + " GPUs torch can use, or cpu)");
    }
    return Device.gpu(index);
  }

  /** Whether matrices of float16 can be multiplied where the module computes. */
  static boolean hasHalfPrecision(TorchModule module) {
    return module.onCpu() && HalfProbe.PASSED;
  }

  /** A float32 copy of bfloat16 values that are held as the bits of float16, where they are. */
  static Tensor bfloat16ToFloat(Tensor bits) {
    return Conversions.MODULE.call("bfloat16_to_float", bits);
  }

  private static final class Conversions {
    static final TorchModule MODULE =
        TorchModule.load(TorchRuntime.class, "probe.py", "Probe", Map.of("training", false), "cpu");
  }

  /** Whether matrices of int8 can be multiplied where the module computes. */
  static boolean hasInt8(TorchModule module) {
    return module.onCpu() && int8Steps() > 0;
  }

  /**
   * Steps of an int8 activation on either side of zero: 127, or 63 where the processor adds
   * products in pairs of 16 bits that larger ones overflow (x86 without VNNI); 0 without kernels.
   */
  static int int8Steps() {
    return Int8Probe.STEPS;
  }

  /** Whether weights of convolutions can be packed on a device. */
  static boolean hasPackedConvolutions(String device) {
    return device.equals("cpu") && PackedProbe.PASSED;
  }

  private static final class HalfProbe {
    static final boolean PASSED = probe("unpacked.py", "half");
  }

  private static final class Int8Probe {
    static final int STEPS =
        probe("unpacked.py", "bytes", 127L) ? 127 : probe("unpacked.py", "bytes", 63L) ? 63 : 0;
  }

  private static final class PackedProbe {
    static final boolean PASSED = probe("packed.py", "convolution");
  }

  /** Whether a product of eight ones and eight ones is eight. */
  private static boolean probe(String convolution, String method, Object... arguments) {
    Map<String, Object> attributes = Map.of("training", false);
    try (TorchModule probe =
            TorchModule.load(
                TorchRuntime.class, List.of("probe.py"), convolution, "Probe", attributes, "cpu");
        Tensor eight = probe.call(method, arguments)) {
      return Math.abs(eight.toFloats()[0] - 8) < 1e-3;
    } catch (EngineException | IllegalStateException e) {
      LOG.info("no {} on this processor: {}", method, e.getMessage());
      return false;
    }
  }

  private static void setDefault(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }
}
