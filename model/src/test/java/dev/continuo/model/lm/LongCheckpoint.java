// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.Golden;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.LmFolder;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.CheckpointFiles;
import dev.continuo.model.checkpoint.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.StringJoiner;

/**
 * The tiny checkpoints with room for {@value #POSITIONS} positions: a position table repeats its
 * rows with noise. <i>Serialised by the caller.</i>
 */
final class LongCheckpoint {
  static final int POSITIONS = 700;

  private static final String TABLE = "embed_positions.weight";

  private LongCheckpoint() {}

  /** The model of a case, its vocabulary as units. */
  static CausalLanguageModel load(Path folder, LmCase c, Precision precision) {
    return LmCase.load(LmFolder.openRaw(write(folder, c)), "cpu", precision);
  }

  private static Path write(Path parent, LmCase c) {
    Path from = Golden.path(c.name() + "/" + c.model());
    Path to = parent.resolve(c.name().replace('/', '-') + "-" + c.model());
    try {
      Files.createDirectories(to);
      String config = Files.readString(from.resolve("config.json"));
      Files.writeString(
          to.resolve("config.json"),
          config.replaceAll("(\"(max_position_embeddings|seq_length)\": )\\d+", "$1" + POSITIONS));
      Files.write(to.resolve("model.safetensors"), weights(Checkpoint.open(from)));
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] weights(Checkpoint from) {
    StringJoiner header = new StringJoiner(",", "{", "}");
    ByteBuffer data = ByteBuffer.allocate(4 << 20).order(ByteOrder.LITTLE_ENDIAN);
    for (String name : from.names()) {
      TensorData tensor = from.get(name);
      if (tensor.shape().length > 0 && !name.contains("attention.bias")) { // a loader skips both
        long[] shape = tensor.shape().clone();
        float[] values = tensor.toFloats();
        int start = data.position();
        int rows = name.endsWith(TABLE) ? POSITIONS + 2 : 0;
        Random noise = new Random(1);
        for (int i = 0; i < Math.max(values.length, rows * shape[shape.length - 1]); i++) {
          double more = i < values.length ? 0 : 0.2 * noise.nextGaussian();
          data.putFloat((float) (values[i % values.length] + more));
        }
        if (rows > 0) {
          shape[0] = rows;
        }
        header.add(
            CheckpointFiles.tensor(
                name, "F32", java.util.Arrays.toString(shape), start, data.position()));
      }
    }
    byte[] bytes = new byte[data.position()];
    data.flip().get(bytes);
    return CheckpointFiles.safetensors(header.toString(), bytes);
  }
}
