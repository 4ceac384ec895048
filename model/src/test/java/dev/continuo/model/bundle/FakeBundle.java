// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import static dev.continuo.model.checkpoint.CheckpointFiles.npyMatrix;
import static dev.continuo.model.checkpoint.CheckpointFiles.safetensors;
import static dev.continuo.model.checkpoint.CheckpointFiles.write;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Writes a tiny bundle of 10 units that opens and verifies but holds no networks, and spoils it.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class FakeBundle {
  /** Number of units. */
  public static final int UNITS = 10;

  private static final int WIDTH = 4;
  private static final List<String> FILES =
      List.of(
          "encoder/config.json",
          "encoder/kmeans.npy",
          "encoder/model.safetensors",
          "lm/config.json",
          "lm/model.safetensors",
          "vocoder/config.json",
          "vocoder/model.safetensors");
  private static final String HEAD =
      "{'name': 'fake', 'version': '1', 'licence': 'MIT', 'language': 'en', 'unit_rate_hz': 25.0,"
          + " 'num_units': 10, 'provenance': 'made up',"
          + " 'encoder': {'path': 'encoder', 'quantizer': 'kmeans.npy', 'sample_rate': 16000},"
          + " 'lm': {'path': 'lm', 'first_unit_id': 0, 'units': 10, 'end_ids': [],"
          + " 'barred_ids': [10]}, 'vocoder': {'path': 'vocoder', 'sample_rate': 24000},"
          + " 'files': ";
  private static final String ENCODER =
      "{'model_type': 'continuo_streaming_encoder', 'sample_rate': 16000, 'hidden_size': 4,"
          + " 'frame_rate_hz': 25.0, 'samples_per_frame': 640, 'quantizer': 'kmeans.npy',"
          + " 'num_units': 10}";
  private static final String LM =
      "{'model_type': 'llama', 'vocab_size': 11, 'eos_token_id': 10, 'offset': 0}";
  private static final String VOCODER =
      "{'model_type': 'continuo_source_filter_vocoder', 'sample_rate': 24000, 'hop_length': 240,"
          + " 'frames_per_unit': 4, 'num_units': 10, 'unit_rate_hz': 25.0}";

  private final Path folder;

  private FakeBundle(Path folder) {
    this.folder = folder;
  }

  /** Writes a good bundle into a folder. */
  public static FakeBundle in(Path folder) {
    FakeBundle bundle = new FakeBundle(folder);
    write(folder.resolve("encoder/config.json"), json(ENCODER));
    write(folder.resolve("encoder/kmeans.npy"), npyMatrix(UNITS, WIDTH));
    write(folder.resolve("lm/config.json"), json(LM));
    write(folder.resolve("vocoder/config.json"), json(VOCODER));
    for (String role : List.of("encoder", "lm", "vocoder")) {
      write(
          folder.resolve(role).resolve("model.safetensors"),
          safetensors(Map.of(role + ".weight", new float[] {1, 2, 3})));
    }
    write(folder.resolve("MODEL_CARD.md"), "# fake\n");
    return bundle.writeManifest();
  }

  /** The bundle's folder. */
  public Path folder() {
    return folder;
  }

  /** A file of the bundle. */
  public Path file(String relative) {
    return folder.resolve(relative);
  }

  /** Replaces text (with ' for ") in a file; it must be there. */
  public FakeBundle edit(String relative, String from, String to) {
    try {
      String text = Files.readString(file(relative));
      if (!text.contains(json(from))) {
        throw new IllegalArgumentException(relative + " does not contain " + from);
      }
      Files.writeString(file(relative), text.replace(json(from), json(to)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Cuts a file to its first bytes. */
  public FakeBundle cut(String relative, int bytes) {
    try {
      byte[] content = Files.readAllBytes(file(relative));
      Files.write(file(relative), Arrays.copyOf(content, bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Deletes a file. */
  public FakeBundle delete(String relative) {
    try {
      Files.delete(file(relative));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  private FakeBundle writeManifest() {
    StringJoiner sums = new StringJoiner(",\n", "{", "}");
    try {
      for (String file : FILES) {
        sums.add("'" + file + "': '" + Sha256.of(file(file)) + "'");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    write(file("bundle.json"), json(HEAD + sums + "}"));
    return this;
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
