// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.loadtest.measure.SessionRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * As many sessions as a page can show, evenly taken: when there are too many, every second one goes
 * and from then on only every second one is taken.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class SessionSample {
  private final int most;
  private final List<SessionRecord> kept = new ArrayList<>();
  private long seen;
  private int stride = 1;

  SessionSample(int most) {
    this.most = most;
  }

  void add(SessionRecord session) {
    if (seen++ % stride != 0) {
      return;
    }
    kept.add(session.summary());
    if (kept.size() > most) {
      List<SessionRecord> half = new ArrayList<>();
      for (int i = 0; i < kept.size(); i += 2) {
        half.add(kept.get(i));
      }
      kept.clear();
      kept.addAll(half);
      stride *= 2;
    }
  }

  List<SessionRecord> sessions() {
    return List.copyOf(kept);
  }

  /** How many there were for each that was kept. */
  int stride() {
    return stride;
  }
}
