// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Components, wherever they lie, packed into a bundle: configurations, weights and what lies beside
 * them as text are copied; what must agree is compared before anything is. <i>Immutable.</i>
 *
 * @param components encoder, language model and vocoder, all given; the quantizer where the
 *     encoder's own configuration names none; the output layer where nobody else says
 * @param description of {@code bundle.json}: {@code name}, {@code version} and whatever else it may
 *     have; its {@code lm} may have what {@link LmIds} reads
 */
public record BundleCreation(BundleOverrides components, ObjectNode description) {
  private static final Pattern BESIDE =
      Pattern.compile(
          "(?!.*\\.index\\.json$)(?:.*\\.(?:json|txt|md)|speakers\\.npy|(?:LICEN[CS]E|NOTICE).*)");

  private static final long MAX_BESIDE_BYTES = 16 << 20;

  /** Whether a text can be a bundle's name or version. */
  public static boolean isName(String text) {
    return BundleManifest.isName(text);
  }

  /**
   * Makes the bundle.
   *
   * @param target a folder that does not exist yet
   * @throws InputException naming the files and values that disagree, a file that cannot be used or
   *     the target that exists; then nothing is left
   */
  public Bundle create(Path target) {
    BundleBuilder.requireNew(target);
    Bundle agreed = agreed();
    Map<String, Path> files = new LinkedHashMap<>();
    addFolder(files, "encoder", agreed.encoder());
    String quantizer = Objects.requireNonNull(agreed.quantizerFile().getFileName()).toString();
    Path other = files.put("encoder/" + quantizer, agreed.quantizerFile());
    if (other != null && !other.equals(agreed.quantizerFile())) {
      throw new InputException(
          agreed.quantizerFile() + ": has the name of " + other + " (expected: another name)");
    }
    addFolder(files, "lm", agreed.lm());
    addFolder(files, "vocoder", agreed.vocoder());
    return BundleBuilder.build(target, manifest(agreed, quantizer), folder -> copy(files, folder));
  }

  /** The components as if they replaced those of a bundle that says nothing of them. */
  private Bundle agreed() {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("continuo-bundle");
      ObjectNode json = description.deepCopy();
      for (String role : List.of("encoder", "lm", "vocoder")) {
        json.withObject("/" + role).put("path", role);
      }
      json.putObject("files");
      Files.writeString(folder.resolve(BundleManifest.FILE_NAME), json.toString());
      return Bundle.open(folder, components);
    } catch (IOException e) {
      throw new InputException("a temporary folder cannot be written: " + e, e);
    } finally {
      BundleBuilder.deleteQuietly(folder);
    }
  }

  private static void addFolder(Map<String, Path> files, String role, BundleComponent component) {
    for (Path file : Checkpoint.open(component.weights()).files()) {
      files.put(role + "/" + file.getFileName(), file);
    }
    if (!Files.isDirectory(component.folder())) {
      return;
    }
    try (Stream<Path> beside = Files.list(component.folder())) {
      for (Path file : beside.sorted().toList()) {
        String name = Objects.requireNonNull(file.getFileName()).toString();
        if (Files.isRegularFile(file)
            && BESIDE.matcher(name).matches()
            && Files.size(file) <= MAX_BESIDE_BYTES
            && Files.size(file) > 0) {
          files.put(role + "/" + name, file);
        }
      }
    } catch (IOException e) {
      throw new InputException(component.folder() + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private ObjectNode manifest(Bundle agreed, String quantizer) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    List<String> blocks = List.of("encoder", "lm", "vocoder");
    for (Map.Entry<String, JsonNode> entry : description.properties()) {
      if (!blocks.contains(entry.getKey())) {
        json.set(entry.getKey(), entry.getValue());
      }
    }
    json.put("unit_rate_hz", agreed.unitRateHz()).put("num_units", agreed.unitCount());
    ObjectNode encoder = json.putObject("encoder").put("path", "encoder");
    encoder.put("quantizer", quantizer).put("sample_rate", agreed.encoderSampleRateHz());
    agreed.encoderLayer().ifPresent(layer -> encoder.put("layer", layer));
    ObjectNode lm = json.putObject("lm").put("path", "lm");
    if (description.get("lm") instanceof ObjectNode ids) {
      ids.properties().forEach(entry -> lm.set(entry.getKey(), entry.getValue()));
      lm.put("path", "lm");
      if (!ids.isEmpty() && !ids.has("units")) {
        lm.put("units", agreed.unitCount());
      }
    }
    json.putObject("vocoder")
        .put("path", "vocoder")
        .put("sample_rate", agreed.vocoderSampleRateHz());
    return json;
  }

  private static void copy(Map<String, Path> files, Path folder) throws IOException {
    List<Path> made = new ArrayList<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      Path to = folder.resolve(file.getKey());
      Path parent = Objects.requireNonNull(to.getParent());
      if (!made.contains(parent)) {
        made.add(Files.createDirectories(parent));
      }
      Files.copy(file.getValue(), to);
    }
  }
}
