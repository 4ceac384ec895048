// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.random;

import dev.continuo.model.checkpoint.DType;
import dev.continuo.model.checkpoint.SafetensorsWriter;
import dev.continuo.model.checkpoint.TensorInfo;
import java.util.SplittableRandom;

/**
 * A tensor of a random network. <i>Immutable.</i>
 *
 * @param info name, type and shape
 * @param mean of its elements
 * @param deviation of its elements, uniform around the mean; 0 for a constant
 * @param row elements of a row whose sum is made zero, or 0: what follows a rectifier then has no
 *     mean, without which deep random networks say the same of everything
 * @param given its elements where they are not drawn, else empty; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
record RandomTensor(TensorInfo info, double mean, double deviation, int row, float[] given) {
  private static final double UNIFORM = Math.sqrt(3);
  private static final float[] NONE = {};

  /** Elements around zero. */
  static RandomTensor around(String name, DType dtype, double deviation, long... shape) {
    return new RandomTensor(new TensorInfo(name, dtype, shape), 0, deviation, 0, NONE);
  }

  /** Elements that are all the same. */
  static RandomTensor constant(String name, DType dtype, double value, long... shape) {
    return new RandomTensor(new TensorInfo(name, dtype, shape), value, 0, 0, NONE);
  }

  /** Elements that are given, in float32. */
  static RandomTensor of(String name, float[] values, long... shape) {
    return new RandomTensor(new TensorInfo(name, DType.F32, shape), 0, 0, 0, values);
  }

  /** The same with rows of so many elements that sum to zero. */
  RandomTensor balanced(int row) {
    return new RandomTensor(info, mean, deviation, row, given);
  }

  /** The same with another name. */
  RandomTensor named(String name) {
    return new RandomTensor(
        new TensorInfo(name, info.dtype(), info.shape()), mean, deviation, row, given);
  }

  /** Its elements for a bundle's seed: they depend on that and on the name alone. */
  SafetensorsWriter.Entry entry(long seed) {
    if (given.length > 0) {
      return new SafetensorsWriter.Entry(info, new Given());
    }
    SplittableRandom random = new SplittableRandom(seed * 0x9e3779b97f4a7c15L + hash());
    return new SafetensorsWriter.Entry(info, row > 1 ? new Rows(random) : drawn(random));
  }

  private SafetensorsWriter.Source drawn(SplittableRandom random) {
    float middle = (float) mean;
    float scale = (float) (deviation * UNIFORM * 0x1p-31);
    return (to, count) -> {
      for (int i = 0; i < count; i++) {
        to[i] = scale == 0 ? middle : middle + scale * random.nextInt();
      }
    };
  }

  private long hash() {
    long hash = 0;
    for (int i = 0; i < info.name().length(); i++) {
      hash = hash * 1_000_003 + info.name().charAt(i);
    }
    return hash;
  }

  private final class Given implements SafetensorsWriter.Source {
    private int at;

    @Override
    public void next(float[] to, int count) {
      System.arraycopy(given, at, to, 0, count);
      at += count;
    }
  }

  /** Draws a row at a time and takes its mean off. */
  private final class Rows implements SafetensorsWriter.Source {
    private final SafetensorsWriter.Source source;
    private final float[] values = new float[row];
    private int at = row;

    Rows(SplittableRandom random) {
      this.source = drawn(random);
    }

    @Override
    public void next(float[] to, int count) {
      for (int i = 0; i < count; i++) {
        if (at == row) {
          at = 0;
          source.next(values, row);
          float mean = 0;
          for (float value : values) {
            mean += value / row;
          }
          for (int j = 0; j < row; j++) {
            values[j] -= mean;
          }
        }
        to[i] = values[at++];
      }
    }
  }
}
