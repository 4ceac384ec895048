// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeduplicatorTest {
  private final List<Integer> opened = new ArrayList<>();
  private final List<Integer> ended = new ArrayList<>();
  private final Deduplicator deduplicator = new Deduplicator();

  @Test
  void knowsTheUnitOfARunBeforeItsLength() {
    push(7);
    assertThat(opened).containsExactly(7);
    assertThat(ended).isEmpty();
    push(7, 7, 3);
    assertThat(opened).containsExactly(7, 3);
    assertThat(ended).containsExactly(3);
    deduplicator.finish(ended::add);
    assertThat(ended).containsExactly(3, 1);
  }

  @Test
  void endsNothingWhereNothingIsOpen() {
    deduplicator.finish(ended::add);
    push();
    deduplicator.finish(ended::add);
    assertThat(ended).isEmpty();
  }

  @Test
  void opensAnewAfterTheEndThoughTheUnitIsTheSame() {
    push(4);
    deduplicator.finish(ended::add);
    push(4, 4);
    deduplicator.finish(ended::add);
    assertThat(opened).containsExactly(4, 4);
    assertThat(ended).containsExactly(1, 2);
  }

  @Test
  void anyChunkingGivesTheRunsOfTheWhole() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int[] frames = random.ints(random.nextInt(60), 0, 3).toArray();
      opened.clear();
      ended.clear();
      for (int at = 0; at < frames.length; ) {
        int length = Math.min(frames.length - at, random.nextInt(7));
        push(Arrays.copyOfRange(frames, at, at + length));
        at += length;
      }
      deduplicator.finish(ended::add);
      List<Integer> back = new ArrayList<>();
      for (int run = 0; run < opened.size(); run++) {
        assertThat(run == 0 || !opened.get(run).equals(opened.get(run - 1))).isTrue();
        back.addAll(Collections.nCopies(ended.get(run), opened.get(run)));
      }
      assertThat(back).as("seed %d", seed).containsExactly(boxed(frames));
    }
  }

  private void push(int... units) {
    deduplicator.push(units, opened::add, ended::add);
  }

  private static Integer[] boxed(int[] values) {
    return Arrays.stream(values).boxed().toArray(Integer[]::new);
  }
}
