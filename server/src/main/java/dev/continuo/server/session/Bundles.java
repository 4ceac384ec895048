// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.wire.Reasons;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bundles of a server, its default first.
 *
 * <p><i>Immutable.</i>
 */
public final class Bundles {
  private final Map<String, VoiceBundle> byName = new LinkedHashMap<>();

  /**
   * Some bundles.
   *
   * @throws IllegalArgumentException if there is none, or two have the same name
   */
  public Bundles(List<? extends VoiceBundle> bundles) {
    for (VoiceBundle bundle : bundles) {
      if (byName.put(bundle.info().getName(), bundle) != null) {
        throw new IllegalArgumentException(
            "--bundle: two bundles named " + bundle.info().getName() + " (expected: one)");
      }
    }
    if (byName.isEmpty()) {
      throw new IllegalArgumentException("--bundle: none (expected: at least one)");
    }
  }

  /** All of them, the default first. */
  public List<VoiceBundle> all() {
    return List.copyOf(byName.values());
  }

  /**
   * One of them.
   *
   * @param given whether the client named one; the default otherwise
   * @throws SessionFailure if there is none of that name
   */
  public VoiceBundle find(boolean given, String name) {
    VoiceBundle found = given ? byName.get(name) : byName.values().iterator().next();
    if (found == null) {
      throw SessionFailure.ofField(
          Reasons.UNKNOWN_BUNDLE,
          "bundle",
          name + " (expected: one of " + String.join(", ", byName.keySet()) + ")");
    }
    return found;
  }
}
