// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.Stage;

/** What a language model does for several sessions at once. <i>Immutable.</i> */
enum Pass {
  /** A block of each one's prompt into its context. */
  PREFILL(Stage.PREFILL),
  /** The next unit of each. */
  DRAW(Stage.DECODE);

  private final Stage stage;

  Pass(Stage stage) {
    this.stage = stage;
  }

  /** The stage that its time is. */
  Stage stage() {
    return stage;
  }
}
