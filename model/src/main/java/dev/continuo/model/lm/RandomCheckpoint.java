// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.DType;
import dev.continuo.model.checkpoint.TensorData;
import dev.continuo.model.checkpoint.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Made-up weights of a family, in float32: matrices and biases near a normal distribution, norms'
 * weights one. A tensor's numbers depend on its name alone. <i>Immutable.</i>
 */
final class RandomCheckpoint implements Checkpoint {
  /** How transformers initialises matrices. */
  static final double USUAL_DEVIATION = 0.02;

  private static final int SUMMANDS = 4; // of 16 bits each, in one draw
  private static final int RANGE = 1 << 16;

  private final Path name;
  private final double deviation;
  private final Map<String, long[]> shapes;

  /**
   * Weights that {@code family} takes.
   *
   * @param name what messages call it
   * @param deviation standard deviation of matrices and biases
   */
  RandomCheckpoint(Path name, Family family, double deviation) {
    this.name = name;
    this.deviation = deviation;
    Map<String, long[]> named = new LinkedHashMap<>();
    family.layers().forEach(layer -> named.putAll(layer.tensors()));
    Dimensions sizes = family.dimensions();
    long[] ends = {sizes.vocabulary(), sizes.embedding()};
    named.put(family.embedding(), ends);
    family.heads().forEach(head -> named.put(head, ends));
    this.shapes = Collections.unmodifiableMap(named);
  }

  @Override
  public Path path() {
    return name;
  }

  @Override
  public Set<String> names() {
    return shapes.keySet();
  }

  @Override
  public TensorInfo info(String tensor) {
    long[] shape = shapes.get(tensor);
    if (shape == null) {
      throw Checkpoint.missing(name, tensor);
    }
    return new TensorInfo(tensor, DType.F32, shape);
  }

  @Override
  public TensorData get(String tensor) {
    TensorInfo info = info(tensor);
    int bytes = Math.toIntExact(info.bytes());
    ByteBuffer data = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer floats = data.asFloatBuffer();
    boolean one = info.shape().length == 1 && tensor.endsWith(".weight");
    SplittableRandom random = new SplittableRandom(tensor.hashCode());
    double scale = deviation * Math.sqrt(12.0 / SUMMANDS) / RANGE;
    for (int i = 0; i < floats.limit(); i++) {
      floats.put(i, one ? 1 : (float) (scale * centred(random.nextLong())));
    }
    return new TensorData(info, data);
  }

  /** The sum of a draw's four 16-bit numbers, less its mean. */
  private static double centred(long draw) {
    long sum = (draw & 0xffff) + (draw >>> 16 & 0xffff) + (draw >>> 32 & 0xffff) + (draw >>> 48);
    return sum - SUMMANDS * (RANGE - 1) / 2.0;
  }
}
