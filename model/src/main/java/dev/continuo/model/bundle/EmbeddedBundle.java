// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bundle among the resources of the class path, read a file at a time.
 *
 * <p><i>Thread-safe: resources do not change.</i>
 */
final class EmbeddedBundle {
  /** Its description for people; carried along where there is one, not part of the sums. */
  static final String MODEL_CARD = "MODEL_CARD.md";

  private final Function<String, @Nullable URL> resources;

  /**
   * A bundle of resources.
   *
   * @param resources where the file of a relative path is, null where there is none
   */
  EmbeddedBundle(Function<String, @Nullable URL> resources) {
    this.resources = resources;
  }

  /** The default bundle. */
  static EmbeddedBundle standard() {
    return new EmbeddedBundle(name -> EmbeddedBundle.class.getResource("starter-en/" + name));
  }

  /** Whether there is such a file. */
  boolean has(String relative) {
    return resources.apply(relative) != null;
  }

  /** The bytes of its {@code bundle.json}. */
  byte[] manifest() {
    try (InputStream in = connect(BundleManifest.FILE_NAME).getInputStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw unreadable(BundleManifest.FILE_NAME, e);
    }
  }

  /** See {@link Bundle#fingerprint}. */
  String fingerprint() {
    try {
      ByteArrayInputStream in = new ByteArrayInputStream(manifest());
      return Bundle.fingerprint(Sha256.copy(in, OutputStream.nullOutputStream()));
    } catch (IOException e) {
      throw unreadable(BundleManifest.FILE_NAME, e);
    }
  }

  /** Size of a file in bytes, without reading it. */
  long size(String relative) throws IOException {
    URLConnection connection = connect(relative);
    // A connection to a plain file holds a stream from here on.
    try (InputStream in = connection.getInputStream()) {
      long size = connection.getContentLengthLong();
      return size >= 0 ? size : in.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** A file's content. The caller closes it. */
  InputStream open(String relative) throws IOException {
    return connect(relative).getInputStream();
  }

  private URLConnection connect(String relative) {
    URL url = resources.apply(relative);
    if (url == null) {
      throw new InputException(
          "default bundle: " + relative + ": missing (expected: among the program's resources)");
    }
    try {
      return url.openConnection();
    } catch (IOException e) {
      throw unreadable(relative, e);
    }
  }

  private static InputException unreadable(String relative, IOException e) {
    return new InputException(
        "default bundle: " + relative + ": cannot be read: " + e.getMessage(), e);
  }
}
