// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.NumpyTypes.RawArray;
import dev.continuo.model.checkpoint.Pickled.Dict;
import dev.continuo.model.checkpoint.Pickled.Instance;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Centroids of k-means, one a unit: all finite. <i>Immutable.</i>
 *
 * @param units number of centroids, at least 1
 * @param width of a centroid, at least 1
 * @param values (units, width), row by row; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record Centroids(int units, int width, float[] values) {
  private static final String ATTRIBUTE = "cluster_centers_";

  /** Most elements; published quantizers have up to ten million. */
  private static final int MAX_ELEMENTS = 1 << 26;

  private static final List<String> KEYS = List.of(ATTRIBUTE, "cluster_centers", "centroids");

  /**
   * Reads centroids from a {@code .npy} file, a pickled or joblib-dumped scikit-learn {@code
   * KMeans} or {@code MiniBatchKMeans} (also of its centroids alone, also zlib- or
   * gzip-compressed), or the one matrix of a safetensors file or a file of {@code torch.save}.
   *
   * @throws InputException if it is none of those, damaged, names anything else, or has a value
   *     that is not finite
   */
  public static Centroids read(Path path) {
    byte[] magic = magic(path);
    if (magic[0] == (byte) 0x93) {
      return of(NpyArray.read(path));
    } else if (path.toString().endsWith(".safetensors") || isTorch(magic)) {
      return of(CheckpointFolder.single(path));
    }
    ByteBuffer pickle = PickleFile.read(path, magic);
    PickleInput in = new PickleInput(path.toString(), pickle);
    Object value = Unpickler.load(in, new NumpyTypes());
    RawArray array = find(path, value);
    if (in.remaining() > 0) {
      throw in.fault(in.remaining() + " bytes behind the end", "none");
    }
    Centroids centroids = of(NpyArray.of(path, array));
    if (value instanceof Instance model
        && model.attribute("n_clusters") instanceof Long clusters
        && clusters != centroids.units) {
      throw new InputException(
          path + ": n_clusters: " + clusters + " (expected: " + centroids.units + " centroids)");
    }
    return centroids;
  }

  private static byte[] magic(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      if (file.size() < PickleFile.MAGIC_BYTES) {
        String what = ": " + file.size() + " bytes";
        throw new InputException(path + what + " (expected: centroids, .npy or a pickle)");
      }
      return file.read(0, PickleFile.MAGIC_BYTES);
    }
  }

  /** Whether it is a zip archive, or begins with the magic number of torch's older format. */
  private static boolean isTorch(byte[] magic) {
    return (magic[0] == 'P' && magic[1] == 'K')
        || Arrays.equals(magic, 0, 5, new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c}, 0, 5);
  }

  private static RawArray find(Path path, Object value) {
    RawArray array = NumpyTypes.array(value);
    if (value instanceof Instance model && NumpyTypes.KMEANS.test(model.type.name())) {
      array = NumpyTypes.array(model.attribute(ATTRIBUTE));
    } else if (value instanceof Dict dict) {
      array =
          KEYS.stream()
              .map(dict.items::get)
              .map(NumpyTypes::array)
              .filter(found -> found != null)
              .findFirst()
              .orElse(null);
    }
    if (array == null) {
      throw new InputException(
          path + ": no " + ATTRIBUTE + " (expected: a fitted KMeans, or an array of centroids)");
    }
    return array;
  }

  private static Centroids of(Checkpoint checkpoint) {
    List<TensorInfo> matrices =
        checkpoint.names().stream()
            .map(checkpoint::info)
            .filter(info -> info.shape().length == 2)
            .toList();
    if (matrices.size() != 1) {
      throw new InputException(
          checkpoint.path() + ": " + matrices.size() + " matrices (expected: one of centroids)");
    }
    TensorInfo info = matrices.get(0);
    switch (info.dtype()) {
      case F64, F32, F16, BF16 -> {
        checkSize(checkpoint.path(), info.shape());
        return of(checkpoint.path(), info.shape(), checkpoint.get(info.name()).toFloats());
      }
      default ->
          throw new InputException(
              checkpoint.path() + ": " + info.describe() + " (expected: F64, F32, F16 or BF16)");
    }
  }

  private static Centroids of(NpyArray array) {
    checkSize(array.path(), array.shape());
    return of(array.path(), array.shape(), array.toFloats());
  }

  private static void checkSize(Path path, long[] shape) {
    if (shape.length != 2 || shape[0] < 1 || shape[1] < 1) {
      throw new InputException(
          path + ": shape " + Arrays.toString(shape) + " (expected: [units, width])");
    }
    if (shape[0] > MAX_ELEMENTS / shape[1]) {
      throw new InputException(
          path
              + ": shape "
              + Arrays.toString(shape)
              + " (expected: at most "
              + MAX_ELEMENTS
              + " elements)");
    }
  }

  private static Centroids of(Path path, long[] shape, float[] values) {
    int width = (int) shape[1];
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new InputException(
            path
                + ": centroid "
                + i / width
                + " holds "
                + values[i]
                + " (expected: finite values)");
      }
    }
    return new Centroids((int) shape[0], width, values);
  }
}
