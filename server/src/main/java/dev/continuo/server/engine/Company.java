// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.ContinuationSession;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass of a language model for several sessions.
 *
 * <p>What a session draws does not depend on its mates. If a pass fails, each session is left to do
 * its step alone, so that the one at fault fails alone. <i>Confined to the engine thread.</i>
 */
final class Company {
  private static final Logger LOG = LoggerFactory.getLogger(Company.class);

  private Company() {}

  /**
   * Computes a block of each one's prompt.
   *
   * @return whether it could
   */
  static boolean prefill(UnitLanguageModel.Rows rows, List<ContinuationSession> sessions) {
    sessions.forEach(ContinuationSession::beginCompany);
    try {
      rows.prefill(sessions.stream().map(ContinuationSession::sequence).toList());
    } catch (RuntimeException e) {
      LOG.warn("a pass for {} sessions failed; each goes alone", sessions.size(), e);
      return false;
    }
    sessions.forEach(session -> session.prefilled(sessions.size() - 1));
    return true;
  }

  /**
   * Draws a unit for each.
   *
   * @return whether it could; if not, none was drawn
   */
  static boolean draw(UnitLanguageModel.Rows rows, List<ContinuationSession> sessions) {
    sessions.forEach(ContinuationSession::beginCompany);
    List<Sampling> samplings = sessions.stream().map(ContinuationSession::sampling).toList();
    int[] units;
    try {
      units =
          rows.next(
              sessions.stream().map(ContinuationSession::sequence).toList(),
              samplings,
              new int[sessions.size()]);
    } catch (RuntimeException e) {
      LOG.warn("a pass for {} sessions failed; each goes alone", sessions.size(), e);
      return false;
    }
    for (int i = 0; i < units.length; i++) {
      sessions.get(i).drawn(units[i], units.length - 1);
    }
    return true;
  }
}
