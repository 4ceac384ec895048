// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** In which order tasks run, and on whose thread. */
class SerialExecutorTest {
  private final Queue<Runnable> pool = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();
  private final SerialExecutor order = new SerialExecutor(pool::add);

  private void runPool() {
    while (!pool.isEmpty()) {
      pool.remove().run();
    }
  }

  @Test
  void runsAtOnceWhereNothingWaits() {
    order.now(() -> done.add("a"));
    assertThat(done).containsExactly("a");
    assertThat(pool).isEmpty();
    order.now(() -> done.add("b"));
    assertThat(done).containsExactly("a", "b");
  }

  @Test
  void runsInItsTurnWhereOthersWait() {
    order.execute(() -> done.add("a"));
    order.now(() -> done.add("b"));
    assertThat(done).isEmpty();
    runPool();
    assertThat(done).containsExactly("a", "b");
  }

  @Test
  void leavesToThePoolWhatComesMeanwhile() {
    order.now(
        () -> {
          order.execute(() -> done.add("b"));
          order.now(() -> done.add("c"));
          done.add("a");
        });
    assertThat(done).containsExactly("a");
    runPool();
    assertThat(done).containsExactly("a", "b", "c");
    order.now(() -> done.add("d"));
    assertThat(done).endsWith("d");
  }
}
