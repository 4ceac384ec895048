// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/** What the fakes did: how many of their streams are open, how often each stage worked. */
final class Ledger {
  private final Map<Stage, Integer> work = new EnumMap<>(Stage.class);
  private Consumer<Stage> onWork = stage -> {};
  private int open;

  void opened() {
    open++;
  }

  void closed() {
    open--;
  }

  /** Streams and sequences not closed. */
  int open() {
    return open;
  }

  void worked(Stage stage) {
    work.merge(stage, 1, Integer::sum);
    onWork.accept(stage);
  }

  /** Calls of a stage's network. */
  int work(Stage stage) {
    return work.getOrDefault(stage, 0);
  }

  /** What happens inside each call of a network. */
  void onWork(Consumer<Stage> action) {
    onWork = action;
  }
}
