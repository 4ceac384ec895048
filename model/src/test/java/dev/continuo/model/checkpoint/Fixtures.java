// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Files that Python wrote ({@code make_fixtures.py} beside them). <i>Thread-safe: stateless.</i>
 */
final class Fixtures {
  private Fixtures() {}

  static Path path(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(
                  Fixtures.class.getResource("/dev/continuo/model/checkpoint/" + name), name)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Path golden(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(
                  Fixtures.class.getResource("/dev/continuo/model/golden/" + name), name)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
