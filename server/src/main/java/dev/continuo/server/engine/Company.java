// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.ContinuationSession;
import dev.continuo.model.pipeline.Stage;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass of a language model for several sessions.
 *
 * <p>What a session draws does not depend on its mates. If a pass fails, each session does it
 * alone, so that the one at fault fails alone. <i>Confined to the language lane.</i>
 */
final class Company {
  private static final Logger LOG = LoggerFactory.getLogger(Company.class);

  private Company() {}

  /**
   * Does a pass for some voices of the same rows.
   *
   * @return whether it could; if not, nothing has changed
   */
  static boolean together(Pass pass, List<Task> members) {
    try {
      run(pass, members.stream().map(EngineVoice.class::cast).toList());
      return true;
    } catch (RuntimeException e) {
      LOG.warn("a pass for {} sessions failed; each goes alone", members.size(), e);
      return false;
    }
  }

  /** Does it for one. */
  static Stage alone(Pass pass, Task member) {
    EngineVoice voice = (EngineVoice) member;
    if (voice.pass() == pass) { // its client has not gone meanwhile
      run(pass, List.of(voice));
    }
    return pass.stage();
  }

  private static void run(Pass pass, List<EngineVoice> voices) {
    UnitLanguageModel.Rows rows = voices.get(0).rows();
    List<ContinuationSession> sessions = voices.stream().map(EngineVoice::continuation).toList();
    List<UnitLanguageModel.Sequence> sequences =
        sessions.stream().map(ContinuationSession::sequence).toList();
    int mates = sessions.size() - 1;
    sessions.forEach(ContinuationSession::beginCompany);
    if (pass == Pass.PREFILL) {
      rows.prefill(sequences);
      sessions.forEach(session -> session.prefilled(mates));
      return;
    }
    int[] units =
        rows.next(
            sequences,
            sessions.stream().map(ContinuationSession::sampling).toList(),
            new int[sessions.size()]);
    for (int i = 0; i < units.length; i++) {
      sessions.get(i).drawn(units[i], mates);
    }
  }
}
