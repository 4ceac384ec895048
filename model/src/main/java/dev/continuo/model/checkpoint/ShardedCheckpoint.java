// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tensors spread over files, with an index that says which holds which (transformers, {@code
 * *.index.json}: {@code weight_map}, and {@code metadata.total_size} in bytes).
 *
 * <p>An index may only name files beside it, and must tell the truth about them. <i>Immutable.</i>
 */
final class ShardedCheckpoint implements Checkpoint {
  private static final String MAP = "weight_map";
  private static final String TOTAL = "total_size";

  /** A plain file name: nothing that could lead anywhere else. */
  private static final Pattern SHARD = Pattern.compile("(?!\\.)[^/\\\\:\\p{Cntrl}]{1,255}+");

  private final Path index;
  private final Map<String, Checkpoint> shards;
  private final Map<String, Checkpoint> holders;

  private ShardedCheckpoint(
      Path index, Map<String, Checkpoint> shards, Map<String, Checkpoint> holders) {
    this.index = index;
    this.shards = shards;
    this.holders = holders;
  }

  /**
   * Opens an index and every shard it names.
   *
   * @throws InputException naming the index and the tensor if a shard lies elsewhere, is missing or
   *     lacks the tensor, or if the total size is another
   */
  static ShardedCheckpoint open(Path index) {
    ConfigFile json = ConfigFile.read(index);
    ConfigFile map = json.object(MAP);
    Map<String, Checkpoint> shards = new LinkedHashMap<>();
    Map<String, Checkpoint> holders = new LinkedHashMap<>();
    for (String name : map.keys()) {
      String shard = map.string(name);
      Checkpoint holder = shards.get(shard);
      if (holder == null) {
        holder = CheckpointFolder.single(shard(index, map, name, shard));
        shards.put(shard, holder);
      }
      if (!holder.has(name)) {
        throw map.fault(name, "a shard that holds this tensor; this one does not");
      }
      holders.put(name, holder);
    }
    if (holders.isEmpty()) {
      throw json.fault(MAP, "a map of tensor names to files");
    }
    ShardedCheckpoint checkpoint = new ShardedCheckpoint(index, shards, holders);
    json.objectIfPresent("metadata").ifPresent(checkpoint::checkTotal);
    return checkpoint;
  }

  private static Path shard(Path index, ConfigFile map, String name, String shard) {
    if (!SHARD.matcher(shard).matches()) {
      throw map.fault(name, "the name of a file beside the index");
    }
    Path folder = Objects.requireNonNull(index.toAbsolutePath().getParent(), "an index is a file");
    Path file = index.resolveSibling(shard);
    if (!Files.exists(file)) {
      throw map.fault(name, "a shard that is there; this one is missing");
    }
    try {
      if (!file.toRealPath().startsWith(root(folder.toRealPath()))) {
        throw map.fault(name, "a file beside the index; this one is a link to elsewhere");
      }
    } catch (IOException e) {
      throw MappedFile.unreadable(file, e);
    }
    return file;
  }

  /**
   * What links may lead to: the folder, or in Hugging Face's cache the model's own ({@code
   * models--NAME/snapshots/REVISION/FILE} is a link to {@code models--NAME/blobs/SUM}).
   */
  private static Path root(Path folder) {
    int depth = folder.getNameCount();
    boolean cached =
        depth > 3
            && folder.getName(depth - 2).toString().equals("snapshots")
            && folder.getName(depth - 3).toString().startsWith("models--");
    return cached ? folder.resolve("../..").normalize() : folder;
  }

  /** Writers count the listed tensors, some of them the shards' others (buffers) too. */
  private void checkTotal(ConfigFile metadata) {
    if (!metadata.has(TOTAL)) {
      return;
    }
    double told = metadata.number(TOTAL, 0, 0x1p62);
    long listed = names().stream().mapToLong(name -> info(name).bytes()).sum();
    long all = shards.values().stream().mapToLong(Checkpoint::storedBytes).sum();
    if (told != listed && told != all) {
      throw metadata.fault(TOTAL, listed + ", the bytes of all tensors");
    }
  }

  @Override
  public Path path() {
    return index;
  }

  @Override
  public List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(index));
    shards.values().forEach(shard -> files.addAll(shard.files()));
    return files;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(holders.keySet());
  }

  @Override
  public TensorInfo info(String name) {
    return holder(name).info(name);
  }

  @Override
  public TensorData get(String name) {
    return holder(name).get(name);
  }

  private Checkpoint holder(String name) {
    Checkpoint holder = holders.get(name);
    if (holder == null) {
      throw Checkpoint.missing(index, name);
    }
    return holder;
  }
}
