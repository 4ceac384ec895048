// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.model.InputException;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Bundles;
import dev.continuo.server.session.EchoBundle;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.server.session.VoiceBundle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bundles that a server speaks with, and room for its sessions.
 *
 * <p><i>Immutable; closed by whoever loaded it, after the server.</i>
 */
record Models(Bundles bundles, ServerLimits limits, Seats seats) implements AutoCloseable {
  private static final int ECHO_SESSIONS = 1_000;

  /**
   * Loads what the options name.
   *
   * @throws InputException if a bundle cannot be used
   * @throws IllegalArgumentException if a limit is out of range
   */
  static Models load(ServeOptions options, Path home, Ticker ticker) {
    Integer given = options.maxSessions();
    int sessions = given == null ? ECHO_SESSIONS : given;
    ServerLimits limits = options.limits(sessions);
    Seats seats = new Seats(sessions);
    List<VoiceBundle> bundles = new ArrayList<>();
    for (String reference : options.bundles()) {
      if (!reference.equals(EchoBundle.NAME)) {
        throw new InputException(reference + ": not built yet (expected: echo) " + home);
      }
      bundles.add(new EchoBundle(ticker, seats));
    }
    return new Models(new Bundles(bundles), limits, seats);
  }

  @Override
  public void close() {}
}
