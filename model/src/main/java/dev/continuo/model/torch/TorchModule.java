// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.torch;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network: TorchScript source from a resource, compiled on one device, its methods called by
 * name.
 *
 * <p>A call is one crossing into native code whatever the network's size. Arguments are {@link
 * Tensor}, {@code Tensor[]}, {@link TensorList}, Long, Integer, {@code long[]}, Double, {@code
 * double[]}, Boolean and String; results are owned by the caller. A method that only reads
 * attributes may be called from several threads at once. <i>Thread-safe: after weights were handed
 * over; before, serialised by the caller.</i>
 */
public final class TorchModule implements AutoCloseable {
  private final Model model; // held: an unreachable Model is closed by the collector
  private final PtSymbolBlock block;
  private final PtNDManager manager;
  private boolean closed;

  private TorchModule(Model model, PtNDManager manager) {
    this.model = model;
    this.block = (PtSymbolBlock) model.getBlock();
    this.manager = manager;
  }

  /**
   * Compiles a script.
   *
   * @param owner class beside which the resource lies
   * @param resource name of the TorchScript source, e.g. {@code vocoder.py}
   * @param className the class in it that is the module
   * @param attributes initial value of each attribute it declares, in order (see {@link
   *     ScriptArchive})
   * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
   * @throws IllegalStateException if the resource is missing or does not compile: a defect of ours
   */
  public static TorchModule load(
      Class<?> owner, String resource, String className, Map<String, ?> attributes, String device) {
    return load(owner, List.of(resource), className, attributes, device);
  }

  /**
   * Compiles a script that lies in several resources, one continuing the other.
   *
   * @param resources names of the parts, in order
   * @throws IllegalStateException if one is missing or the whole does not compile: a defect of ours
   */
  public static TorchModule load(
      Class<?> owner,
      List<String> resources,
      String className,
      Map<String, ?> attributes,
      String device) {
    String convolution = TorchRuntime.hasPackedConvolutions(device) ? "packed.py" : "unpacked.py";
    return load(owner, resources, convolution, className, attributes, device);
  }

  static TorchModule load(
      Class<?> owner,
      List<String> resources,
      String convolution,
      String className,
      Map<String, ?> attributes,
      String device) {
    TorchRuntime.prepareThread();
    PtNDManager manager = TorchRuntime.newManager(device);
    Model model = Model.newInstance(className, manager.getDevice(), "PyTorch");
    Path archive = null;
    try {
      archive = Files.createTempFile("continuo-", ".pt");
      StringBuilder source = new StringBuilder();
      for (String shared : List.of("linear.py", convolution, "convolution.py")) {
        source.append(source(TorchModule.class, shared));
      }
      for (String resource : resources) {
        source.append(source(owner, resource));
      }
      ScriptArchive.write(archive, className, source.toString(), attributes);
      model.load(archive);
      return new TorchModule(model, manager);
    } catch (IOException | MalformedModelException e) {
      model.close();
      manager.close();
      throw new IllegalStateException(resources + ": does not compile", e);
    } finally {
      delete(archive);
    }
  }

  private static String source(Class<?> owner, String resource) throws IOException {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + ": no such resource beside " + owner.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Where the module computes. */
  boolean onCpu() {
    return !manager.getDevice().isGpu();
  }

  private static void delete(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new tensor of float32 values in C order; the array is copied. */
  public Tensor tensor(float[] values, long... shape) {
    return new Tensor(manager.create(values, new Shape(shape)));
  }

  /** A new tensor of float64 values in C order; the array is copied. */
  public Tensor tensor(double[] values, long... shape) {
    return new Tensor(manager.create(values, new Shape(shape)));
  }

  /** A new tensor of int64 values in C order; the array is copied. */
  public Tensor tensor(long[] values, long... shape) {
    return new Tensor(manager.create(values, new Shape(shape)));
  }

  /** A new float32 tensor of zeros. */
  public Tensor zeros(long... shape) {
    return new Tensor(manager.zeros(new Shape(shape), DataType.FLOAT32));
  }

  /**
   * A new tensor over little-endian bytes; on a CPU it reads the buffer in place, so a mapped file
   * must stay mapped until the tensor is closed and the network has taken its copy.
   *
   * @param data direct buffer at position 0 of its own slice
   * @param type one of f16, bf16 (which arrives as f16 bits), f32, f64, i64, i32, u8, i8, bool
   */
  Tensor tensor(ByteBuffer data, DataType type, long... shape) {
    return new Tensor(manager.create(data, new Shape(shape), type));
  }

  /**
   * Calls a method that returns a tensor.
   *
   * @return the result; owned by the caller
   * @throws ai.djl.engine.EngineException if the script fails; the message has its line
   */
  public Tensor call(String method, Object... arguments) {
    try (IValue result = run(method, arguments)) {
      return new Tensor(result.toTensor(manager));
    }
  }

  /** Calls a method that returns a list of tensors, each owned by the caller. */
  public Tensor[] callForList(String method, Object... arguments) {
    try (IValue result = run(method, arguments)) {
      NDArray[] arrays = result.toTensorArray(manager);
      return Arrays.stream(arrays).map(Tensor::new).toArray(Tensor[]::new);
    }
  }

  /** Calls a method that returns a list of tensors which only scripts read; owned by the caller. */
  public TensorList callForKept(String method, Object... arguments) {
    return new TensorList(run(method, arguments));
  }

  /** Calls a method that returns an int. */
  public long callForLong(String method, Object... arguments) {
    try (IValue result = run(method, arguments)) {
      return result.toLong();
    }
  }

  /**
   * Makes the first calls of methods such that they are compiled with all that they call built in,
   * which later calls gain from on every thread (docs/decisions/011-decode-step.md). Their results
   * are to be dropped: only here torch may order the operations anew.
   */
  public void compile(Runnable firstCalls) {
    TorchRuntime.prepareThread();
    TorchRuntime.optimize(true);
    try {
      firstCalls.run();
    } finally {
      TorchRuntime.optimize(false);
    }
  }

  private IValue run(String method, Object[] arguments) {
    if (closed) {
      throw new IllegalStateException("module is closed");
    }
    TorchRuntime.prepareThread();
    IValue[] values = new IValue[arguments.length];
    try {
      for (int i = 0; i < arguments.length; i++) {
        values[i] = arguments[i] instanceof TensorList list ? list.open() : value(arguments[i]);
      }
      return IValueUtils.runMethod(block, method, values);
    } finally {
      for (int i = 0; i < values.length; i++) {
        if (values[i] != null && !(arguments[i] instanceof TensorList)) {
          values[i].close();
        }
      }
    }
  }

  private static IValue value(Object argument) {
    if (argument instanceof Tensor tensor) {
      return IValue.from(tensor.open());
    } else if (argument instanceof Tensor[] tensors) {
      PtNDArray[] arrays = new PtNDArray[tensors.length]; // a stream would allocate at every step
      for (int i = 0; i < arrays.length; i++) {
        arrays[i] = tensors[i].open();
      }
      return IValue.listFrom(arrays);
    } else if (argument instanceof Long number) {
      return IValue.from(number);
    } else if (argument instanceof Integer number) {
      return IValue.from(number.longValue());
    } else if (argument instanceof Double number) {
      return IValue.from(number);
    } else if (argument instanceof Boolean flag) {
      return IValue.from(flag);
    } else if (argument instanceof long[] numbers) {
      return IValue.listFrom(numbers);
    } else if (argument instanceof double[] numbers) {
      return IValue.listFrom(numbers);
    } else if (argument instanceof String text) {
      return IValue.from(text);
    }
    throw new IllegalArgumentException(
        "argument: "
            + argument
            + " (expected: Tensor, Tensor[], TensorList, Long, Integer, long[], Double, double[],"
            + " Boolean or String)");
  }

  /** Frees the module and its weights. Idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      model.close();
      manager.close();
    }
  }
}
