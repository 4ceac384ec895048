// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir Path folder;

  private static SafetensorsWriter.Entry counted(String name, DType dtype, long... shape) {
    float[] next = {0};
    return new SafetensorsWriter.Entry(
        new TensorInfo(name, dtype, shape),
        (to, count) -> {
          for (int i = 0; i < count; i++) {
            to[i] = next[0]++;
          }
        });
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    Path file = folder.resolve("m.safetensors");
    SafetensorsWriter.write(
        file,
        List.of(
            counted("x.\u00e4\"", DType.F32, 300, 300),
            counted("h", DType.F16, 2, 3),
            counted("n", DType.I64, 2),
            counted("none", DType.F32, 0, 5)));
    Safetensors read = Safetensors.open(file);
    assertThat(read.names()).containsExactly("x.\u00e4\"", "h", "n", "none");
    float[] values = read.get("x.\u00e4\"", 300, 300).toFloats();
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isEqualTo(i);
    }
    assertThat(read.get("h", 2, 3).toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(read.get("n").data().getLong(8)).isEqualTo(1);
    assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of()))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void readsBackAnArray() throws IOException {
    NpyWriter.write(folder.resolve("a.npy"), new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    NpyArray array = NpyArray.read(folder.resolve("a.npy"));
    assertThat(array.shape()).containsExactly(2, 3);
    assertThat(array.toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
  }
}
