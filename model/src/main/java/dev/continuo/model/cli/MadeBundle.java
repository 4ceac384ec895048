// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Terminal;
import dev.continuo.model.bundle.Bundle;

/** What is said of a bundle that was made. <i>Immutable.</i> */
final class MadeBundle {
  private MadeBundle() {}

  static void print(Terminal terminal, Bundle bundle, boolean json) {
    if (json) {
      terminal.result(
          UnitLine.JSON
              .createObjectNode()
              .put("name", bundle.name())
              .put("fingerprint", bundle.fingerprint())
              .put("folder", bundle.folder().toString())
              .put("unit_rate_hz", bundle.unitRateHz())
              .put("unit_count", bundle.unitCount())
              .toString());
    } else {
      terminal.result(
          "%s: %s, %d units at %s Hz"
              .formatted(bundle.folder(), bundle.name(), bundle.unitCount(), bundle.unitRateHz()));
    }
  }
}
