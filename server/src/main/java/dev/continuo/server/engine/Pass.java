// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.Stage;

/** What a network does for several sessions at once. <i>Immutable.</i> */
enum Pass {
  /** The next audio of each to units. */
  TOKENIZE(Stage.TOKENIZE, Lane.CODECS),
  /** A block of each one's prompt into its context. */
  PREFILL(Stage.PREFILL, Lane.LANGUAGE),
  /** The next unit of each. */
  DRAW(Stage.DECODE, Lane.LANGUAGE),
  /** The drawn unit of each to audio. */
  VOCODE(Stage.VOCODE, Lane.CODECS);

  private final Stage stage;
  private final Lane lane;

  Pass(Stage stage, Lane lane) {
    this.stage = stage;
    this.lane = lane;
  }

  /** The stage that its time is. */
  Stage stage() {
    return stage;
  }

  /** Who does it. */
  Lane lane() {
    return lane;
  }
}
