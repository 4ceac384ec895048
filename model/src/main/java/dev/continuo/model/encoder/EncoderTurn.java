// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.Outcome;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one stream does in a step that it may share with others: takes samples, and may end its
 * recording then.
 *
 * <p>The step is as many calls of the script as the one needs that has most to compute: in each,
 * everybody's next chunks, as many as its window holds. If a call fails, each goes alone, and who
 * fails then has failed, as has who cannot do it again. <i>Serialised by the caller.</i>
 */
final class EncoderTurn {
  private final StreamingEncoderStream stream;
  private final float[] samples;
  private final int end;
  private final boolean last;
  private final List<Tensor> results = new ArrayList<>();
  private int at;
  private int frames; // of the call that comes
  private int callsBefore; // those before the recording ended
  private @Nullable RuntimeException failure;

  private EncoderTurn(
      StreamingEncoderStream stream, float[] samples, int offset, int length, boolean last) {
    this.stream = stream;
    this.samples = samples;
    this.at = offset;
    this.end = offset + length;
    this.last = last;
    try {
      stream.begin(last);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  static EncoderTurn of(SpeechEncoder.Step step) {
    StreamingEncoderStream stream = (StreamingEncoderStream) step.stream();
    return new EncoderTurn(stream, step.samples(), 0, step.samples().length, step.last());
  }

  static EncoderTurn push(StreamingEncoderStream stream, float[] samples, int offset, int length) {
    return new EncoderTurn(stream, samples, offset, length, false);
  }

  static EncoderTurn finish(StreamingEncoderStream stream) {
    return new EncoderTurn(stream, new float[0], 0, 0, true);
  }

  /**
   * Does a step for streams of one encoder, each once.
   *
   * @param method of the script, which gives a tensor for each stream
   * @param together whether rows of others cannot change a bit of anybody's
   */
  static void run(TorchModule module, String method, List<EncoderTurn> turns, boolean together) {
    while (true) {
      List<EncoderTurn> now = turns.stream().filter(EncoderTurn::prepare).toList();
      if (now.isEmpty()) {
        return;
      }
      if (together && now.size() > 1) {
        together(module, method, now);
      } else {
        now.forEach(turn -> turn.alone(module, method));
      }
    }
  }

  /** Takes what fits; whether there are frames to compute then. */
  private boolean prepare() {
    if (failure != null) {
      return false;
    }
    try {
      stream.restartAngles();
    } catch (RuntimeException e) {
      failure = e;
      return false;
    }
    at += stream.take(samples, at, end - at);
    frames = stream.wholeFrames();
    if (frames > 0) {
      callsBefore++;
    } else if (last) {
      frames = stream.lastFrames();
    }
    return frames > 0;
  }

  private void alone(TorchModule module, String method) {
    try {
      call(module, method, List.of(this));
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private static void together(TorchModule module, String method, List<EncoderTurn> turns) {
    try {
      call(module, method, turns);
    } catch (RuntimeException e) {
      for (EncoderTurn turn : turns) {
        if (turn.stream.isRepeatable(turn.frames)) {
          turn.alone(module, method); // what was written for it is written again
        } else {
          turn.failure = e;
        }
      }
    }
  }

  private static void call(TorchModule module, String method, List<EncoderTurn> turns) {
    int streams = turns.size();
    int length = turns.stream().mapToInt(turn -> turn.stream.samples(turn.frames)).sum();
    float[] all = new float[length];
    long[] chunks = new long[streams];
    long[] frames = new long[streams];
    long[] started = new long[streams];
    List<Tensor> keys = new ArrayList<>();
    List<Tensor> values = new ArrayList<>();
    int filled = 0;
    for (int i = 0; i < streams; i++) {
      EncoderTurn turn = turns.get(i);
      filled += turn.stream.copy(turn.frames, all, filled);
      chunks[i] = turn.stream.chunk();
      frames[i] = turn.frames;
      started[i] = turn.stream.isStarted() ? 1 : 0;
      keys.addAll(turn.stream.keys());
      values.addAll(turn.stream.values());
    }
    try (Tensor given = module.tensor(all, length)) {
      Tensor[] rows =
          module.callForList(
              method,
              given,
              chunks,
              frames,
              started,
              keys.toArray(Tensor[]::new),
              values.toArray(Tensor[]::new));
      for (int i = 0; i < streams; i++) {
        turns.get(i).results.add(rows[i]);
        turns.get(i).stream.advance(turns.get(i).frames);
      }
    }
  }

  /** What the script gave, a tensor a call; owned by the caller. */
  List<Tensor> results() {
    if (failure != null) {
      results.forEach(Tensor::close);
      throw failure;
    }
    return results;
  }

  /** What it came to, where the script gave units. */
  Outcome<SpeechEncoder.Units> units() {
    return Outcome.of(
        () -> {
          List<int[]> given = new ArrayList<>();
          for (Tensor result : results()) {
            try (result) {
              given.add(Arrays.stream(result.toLongs()).mapToInt(Math::toIntExact).toArray());
            }
          }
          return new SpeechEncoder.Units(
              join(given.subList(0, callsBefore)), join(given.subList(callsBefore, given.size())));
        });
  }

  private static int[] join(List<int[]> parts) {
    return parts.stream().flatMapToInt(Arrays::stream).toArray();
  }
}
