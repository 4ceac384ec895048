// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.Outcome;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.pipeline.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One step of an encoder or a vocoder for several tasks.
 *
 * <p>What a task is given does not depend on its mates. Whoever fails, before the step, in it or
 * behind it, fails alone. <i>Confined to the codecs' lane.</i>
 */
final class CodecCompany {
  private static final float[] SILENCE = {};

  private final BiConsumer<Task, RuntimeException> failing;

  /**
   * A company.
   *
   * @param failing is told who fails
   */
  CodecCompany(BiConsumer<Task, RuntimeException> failing) {
    this.failing = failing;
  }

  /** Does a step for some tasks of the same network, and says what was computed. */
  Stage run(Pass pass, List<Task> members) {
    return pass == Pass.TOKENIZE ? tokenize(members) : vocode(members);
  }

  private Stage tokenize(List<Task> members) {
    SpeechEncoder encoder = (SpeechEncoder) members.get(0).network(Pass.TOKENIZE);
    List<TokenizingTask> tasks = new ArrayList<>();
    List<SpeechEncoder.Step> steps = new ArrayList<>();
    for (Task member : members) {
      TokenizingTask task = (TokenizingTask) member;
      SpeechEncoder.Step step = begin(task, task::beginTokenizing);
      if (step != null) {
        tasks.add(task);
        steps.add(step);
      }
    }
    List<Outcome<SpeechEncoder.Units>> all = together(tasks, steps, encoder::step);
    for (int i = 0; i < all.size(); i++) {
      TokenizingTask task = tasks.get(i);
      Outcome<SpeechEncoder.Units> units = all.get(i);
      end(task, () -> task.endTokenizing(units.get(), tasks.size() - 1));
    }
    return tasks.isEmpty() ? Stage.WAIT : Stage.TOKENIZE;
  }

  private Stage vocode(List<Task> members) {
    UnitVocoder vocoder = (UnitVocoder) members.get(0).network(Pass.VOCODE);
    List<VocodingTask> tasks = new ArrayList<>(); // those with units to speak
    List<UnitVocoder.Step> steps = new ArrayList<>();
    List<VocodingTask> others = new ArrayList<>();
    for (Task member : members) {
      VocodingTask task = (VocodingTask) member;
      UnitVocoder.Step step = begin(task, task::beginVocoding);
      if (step != null && step.isEmpty()) {
        others.add(task);
      } else if (step != null) {
        tasks.add(task);
        steps.add(step);
      }
    }
    List<Outcome<float[]>> all = together(tasks, steps, vocoder::step);
    for (int i = 0; i < all.size(); i++) {
      VocodingTask task = tasks.get(i);
      Outcome<float[]> samples = all.get(i);
      end(task, () -> task.endVocoding(samples.get(), tasks.size() - 1));
    }
    others.forEach(task -> end(task, () -> task.endVocoding(SILENCE, 0)));
    return tasks.isEmpty() && others.isEmpty() ? Stage.WAIT : Stage.VOCODE;
  }

  private interface Beginning<S> {
    @Nullable S begin();
  }

  private <S> @Nullable S begin(Task task, Beginning<S> beginning) {
    try {
      return beginning.begin();
    } catch (RuntimeException e) {
      failing.accept(task, e);
    }
    return null;
  }

  private void end(Task task, Runnable ending) {
    begin(
        task,
        () -> {
          ending.run();
          return null;
        });
  }

  /** What the network says to steps; nothing where it fails as a whole, as then all of them do. */
  private <S, T> List<Outcome<T>> together(
      List<? extends Task> tasks, List<S> steps, Function<List<S>, List<Outcome<T>>> network) {
    try {
      return steps.isEmpty() ? List.of() : network.apply(steps);
    } catch (RuntimeException e) {
      tasks.forEach(task -> failing.accept(task, e));
    }
    return List.of();
  }
}
