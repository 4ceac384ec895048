// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the weights in a folder as ecosystems name them. <i>Immutable.</i> */
final class CheckpointFolder {
  /** How transformers' {@code save_pretrained} names them, the safest first. */
  private static final List<String> NAMES =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  private static final String SAFETENSORS = ".safetensors";
  private static final List<String> ENDINGS = List.of(SAFETENSORS, ".pt", ".pth");
  private static final String INDEX = ".index.json";

  private CheckpointFolder() {}

  /** The file of weights, or the index of its shards; a file stands for itself. */
  static Path find(Path folder) {
    if (!Files.isDirectory(folder)) {
      return folder;
    }
    for (String name : NAMES) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    }
    List<Path> others = others(folder);
    List<Path> safe = others.stream().filter(f -> f.toString().endsWith(SAFETENSORS)).toList();
    if (others.size() == 1 || safe.size() == 1) {
      return safe.isEmpty() ? others.get(0) : safe.get(0);
    }
    String what = others.isEmpty() ? "no weights" : others.size() + " files of weights";
    throw new InputException(
        folder + ": " + what + " (expected: model.safetensors, pytorch_model.bin or one .pt file)");
  }

  private static List<Path> others(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> ENDINGS.stream().anyMatch(file.toString()::endsWith))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw MappedFile.unreadable(folder, e);
    }
  }

  /** Opens what was found. */
  static Checkpoint open(Path file) {
    return file.toString().endsWith(INDEX) ? ShardedCheckpoint.open(file) : single(file);
  }

  /** Opens a file that holds tensors itself, by what it begins with. */
  static Checkpoint single(Path path) {
    boolean torch;
    try (MappedFile file = MappedFile.open(path)) {
      torch =
          !path.toString().endsWith(SAFETENSORS)
              && (TorchFile.isZip(file) || TorchFile.isPickle(file));
    }
    return torch ? TorchFile.open(path) : Safetensors.open(path);
  }
}
