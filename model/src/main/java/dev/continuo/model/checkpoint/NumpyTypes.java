// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.checkpoint.Pickled.Bytes;
import dev.continuo.model.checkpoint.Pickled.Dict;
import dev.continuo.model.checkpoint.Pickled.Global;
import dev.continuo.model.checkpoint.Pickled.Instance;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Globals of pickled NumPy arrays, as {@code pickle} writes them and as joblib does (the elements
 * behind the opcode that completes a wrapper: joblib, numpy_pickle.py), and of scikit-learn's
 * k-means, which stays inert. <i>Immutable.</i>
 */
final class NumpyTypes implements PickleTypes {
  /** Names of the estimators that have centroids; both spellings of their module. */
  static final Predicate<String> KMEANS =
      Pattern.compile("sklearn\\.cluster\\.(?:_kmeans|k_means_)\\.(?:MiniBatch)?KMeans")
          .asMatchPredicate();

  /** Scalars, types and random generators: data that centroids do not need. */
  private static final Predicate<String> INERT =
      Pattern.compile(
              "numpy\\.(?:ndarray|(?:float|u?int)[0-9]+|bool_?|_?core\\.multiarray\\.scalar)"
                  + "|numpy\\.random\\._pickle\\.__(?:randomstate|bit_generator|generator)_ctor"
                  + "|numpy\\.random\\.mtrand\\.RandomState"
                  + "|numpy\\.random\\._(?:mt19937\\.MT19937|pcg64\\.PCG64)")
          .asMatchPredicate();

  private static final PickleType PICKLED = new PickledArray();
  private static final PickleType BUFFER = NumpyTypes::fromBuffer;
  private static final PickleType JOBLIB = new JoblibArray();

  private static final Map<String, PickleType> TYPES =
      Map.of(
          "numpy.dtype", PlainTypes.INERT,
          "numpy.core.multiarray._reconstruct", PICKLED,
          "numpy._core.multiarray._reconstruct", PICKLED,
          "numpy.core.numeric._frombuffer", BUFFER,
          "numpy._core.numeric._frombuffer", BUFFER,
          "joblib.numpy_pickle.NumpyArrayWrapper", JOBLIB,
          "sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper", JOBLIB);

  private final PlainTypes plain = new PlainTypes();

  /**
   * An array: the state of the instance that stands for it.
   *
   * @param kind and bytes of an element, as in {@code f4}
   * @param data the elements, in the array's byte order
   */
  @SuppressWarnings("ArrayRecordComponent")
  record RawArray(char kind, int bytes, long[] shape, boolean fortranOrder, ByteBuffer data) {}

  @Override
  public @Nullable PickleType find(String module, String name) {
    String full = module + "." + name;
    PickleType type = TYPES.get(full);
    return type != null
        ? type
        : INERT.test(full) || KMEANS.test(full) ? PlainTypes.INERT : plain.find(module, name);
  }

  /** The array that a value is, if it is one. */
  static @Nullable RawArray array(@Nullable Object value) {
    return value instanceof Instance instance && instance.state instanceof RawArray array
        ? array
        : null;
  }

  /** An empty array, completed by (version, shape, dtype, Fortran order, bytes). */
  private static final class PickledArray implements PickleType {
    @Override
    public Object create(Global self, List<Object> arguments, PickleInput in) {
      return new Instance(self, List.of());
    }

    @Override
    public Object build(Instance instance, Object state, PickleInput in) {
      List<Object> parts = PlainTypes.items(state);
      if (parts == null || parts.size() != 5) {
        throw in.fault("the state of an array", "version, shape, dtype, order and bytes");
      }
      Element element = Element.of(parts.get(2), in);
      long[] shape = shape(parts.get(1), in);
      boolean fortran = Boolean.TRUE.equals(parts.get(3));
      Object array = element.array(shape, fortran, bytes(parts.get(4), in), in);
      return PickleType.super.build(instance, array, in);
    }
  }

  /** joblib's wrapper; the elements follow in the file, as far as it says aligned. */
  private static final class JoblibArray implements PickleType {
    @Override
    public Object create(Global self, List<Object> arguments, PickleInput in) {
      return new Instance(self, List.of());
    }

    @Override
    public Object build(Instance instance, Object state, PickleInput in) {
      if (!(state instanceof Dict dict)
          || !(dict.items.get("order") instanceof String order)
          || !order.matches("[CF]")) {
        throw in.fault("the state of an array", "shape, order C or F, and dtype");
      }
      Element element = Element.of(dict.items.get("dtype"), in);
      long[] shape = shape(dict.items.get("shape"), in);
      if (dict.items.get("numpy_array_alignment_bytes") instanceof Long) {
        in.bytes(in.unsigned1());
      }
      ByteBuffer data = in.bytes(element.bytes(shape, in));
      Object array = element.array(shape, order.equals("F"), data, in);
      return PickleType.super.build(instance, array, in);
    }
  }

  /** (bytes, dtype, shape, order): protocol 5. */
  private static Object fromBuffer(Global self, List<Object> arguments, PickleInput in) {
    if (arguments.size() != 4) {
      throw in.fault("arguments of " + self.name(), "bytes, dtype, shape and order");
    }
    Element element = Element.of(arguments.get(1), in);
    long[] shape = shape(arguments.get(2), in);
    boolean fortran = "F".equals(arguments.get(3));
    Instance instance = new Instance(self, List.of());
    instance.state = element.array(shape, fortran, bytes(arguments.get(0), in), in);
    return instance;
  }

  private static long[] shape(@Nullable Object value, PickleInput in) {
    List<Object> sizes = value == null ? null : PlainTypes.items(value);
    if (sizes == null
        || sizes.size() > NpyHeader.MAX_RANK
        || !sizes.stream().allMatch(size -> size instanceof Long n && n >= 0)) {
      throw in.fault("an array's shape", "up to " + NpyHeader.MAX_RANK + " integers >= 0");
    }
    return sizes.stream().mapToLong(Long.class::cast).toArray();
  }

  private static ByteBuffer bytes(Object value, PickleInput in) {
    if (!(value instanceof Bytes bytes)) {
      throw in.fault("an array's elements are no bytes", "bytes");
    }
    return bytes.bytes;
  }

  /** A dtype: kind, bytes and order of an element. */
  private record Element(char kind, int size, ByteOrder order) {
    private static final Pattern PLAIN = Pattern.compile("[biufc](?:1|2|4|8|16)");

    static Element of(@Nullable Object value, PickleInput in) {
      if (!(value instanceof Instance dtype)
          || !dtype.type.name().equals("numpy.dtype")
          || dtype.arguments.isEmpty()
          || !(dtype.arguments.get(0) instanceof String text)
          || !PLAIN.matcher(text).matches()) {
        throw in.fault("an array whose elements are no numbers", "numbers");
      }
      List<Object> state = dtype.state == null ? null : PlainTypes.items(dtype.state);
      boolean big = state != null && state.size() > 1 && ">".equals(state.get(1));
      return new Element(
          text.charAt(0),
          Integer.parseInt(text.substring(1)),
          big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    int bytes(long[] shape, PickleInput in) {
      long bytes = size;
      for (long dimension : shape) {
        if (dimension > 0 && bytes > Integer.MAX_VALUE / dimension) {
          throw in.fault("an array of 2^31 bytes or more", "fewer");
        }
        bytes *= dimension;
      }
      return (int) bytes;
    }

    RawArray array(long[] shape, boolean fortran, ByteBuffer data, PickleInput in) {
      int expected = bytes(shape, in);
      if (data.remaining() != expected) {
        throw in.fault("an array of " + data.remaining() + " bytes", Integer.toString(expected));
      }
      return new RawArray(kind, size, shape, fortran, data.order(order));
    }
  }
}
