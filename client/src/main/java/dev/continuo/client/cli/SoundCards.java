// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;

/**
 * The machine's microphones, as Java's sound system knows them.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class SoundCards implements Microphones {
  private static final int ANY_HZ = 16_000;

  @Override
  public List<String> names() {
    return mixers(info(ANY_HZ)).stream().map(Mixer.Info::getName).toList();
  }

  @Override
  public Microphone open(@Nullable String name, int rateHz) {
    DataLine.Info wanted = info(rateHz);
    List<Mixer.Info> found =
        mixers(wanted).stream().filter(m -> name == null || matches(m, name)).toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException("no such microphone: " + name);
    }
    Mixer.Info mixer = found.get(0);
    try {
      TargetDataLine line = (TargetDataLine) AudioSystem.getMixer(mixer).getLine(wanted);
      line.open(format(rateHz));
      return new Line(mixer.getName(), line);
    } catch (LineUnavailableException e) {
      throw new InputException(
          mixer.getName() + ": cannot be opened (expected: a microphone that is not in use)", e);
    }
  }

  private static boolean matches(Mixer.Info mixer, String name) {
    return mixer.getName().toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT));
  }

  private static List<Mixer.Info> mixers(DataLine.Info wanted) {
    return Arrays.stream(AudioSystem.getMixerInfo())
        .filter(m -> AudioSystem.getMixer(m).isLineSupported(wanted))
        .toList();
  }

  private static DataLine.Info info(int rateHz) {
    return new DataLine.Info(TargetDataLine.class, format(rateHz));
  }

  private static AudioFormat format(int rateHz) {
    return new AudioFormat(rateHz, Short.SIZE, 1, true, false);
  }

  private record Line(String name, TargetDataLine line) implements Microphone {
    @Override
    public void start() {
      line.start();
    }

    @Override
    public int read(byte[] pcm16) {
      return line.read(pcm16, 0, pcm16.length);
    }

    @Override
    public void close() {
      line.close();
    }
  }
}
