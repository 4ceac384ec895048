// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speech on the loudspeaker, where there is one; silence otherwise. A thread of its own opens the
 * device and feeds it, so the caller never waits for sound.
 *
 * <p><i>Thread-safe: samples pass through a bounded queue; what does not fit is not heard.</i>
 */
public final class Playback implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Playback.class);
  private static final int MAX_CHUNKS = 4096;
  private static final byte[] END = {};

  private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>(MAX_CHUNKS);
  private final Opener opener;
  private final Thread thread;

  /** Where sound goes. <i>Serialised by the caller.</i> */
  public interface Device {
    /** Plays PCM16, mono, little endian; blocks while the device's buffer is full. */
    void play(byte[] pcm16);

    /** Waits until everything is heard and lets go of the device. */
    void finish();
  }

  /** Finds a device. <i>Serialised by the caller.</i> */
  @FunctionalInterface
  public interface Opener {
    /**
     * Opens the device.
     *
     * @throws LineUnavailableException if it is in use
     * @throws IllegalArgumentException if there is none
     */
    Device open() throws LineUnavailableException;
  }

  private Playback(Opener opener) {
    this.opener = opener;
    this.thread = new Thread(this::feed, "playback");
    thread.setDaemon(true);
  }

  /** Starts on the machine's default device, mono at {@code rateHz}. */
  public static Playback start(int rateHz) {
    AudioFormat format = new AudioFormat(rateHz, Short.SIZE, 1, true, false);
    return start(() -> Line.open(format));
  }

  /** Starts on the device that {@code opener} finds, or silently where it finds none. */
  public static Playback start(Opener opener) {
    Playback playback = new Playback(opener);
    playback.thread.start();
    return playback;
  }

  /** Plays after what is already waiting; returns at once. */
  public void play(float[] samples) {
    if (samples.length > 0 && !chunks.offer(pcm16(samples))) {
      LOG.debug("{} samples not heard: the device is too slow", samples.length);
    }
  }

  /**
   * Waits until all is heard, {@code maxMillis} at most.
   *
   * @throws InterruptedException if interrupted
   */
  public void await(long maxMillis) throws InterruptedException {
    if (chunks.offer(END)) {
      thread.join(maxMillis);
    }
  }

  /** Stops feeding the device. Idempotent. */
  @Override
  public void close() {
    thread.interrupt();
  }

  private void feed() {
    try {
      Device device = opener.open();
      for (byte[] chunk = chunks.take(); chunk.length > 0; chunk = chunks.take()) {
        device.play(chunk);
      }
      device.finish();
    } catch (LineUnavailableException | RuntimeException | LinkageError e) {
      LOG.debug("no sound: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] pcm16(float[] samples) {
    byte[] bytes = new byte[samples.length * Short.BYTES];
    for (int i = 0; i < samples.length; i++) {
      int value = Math.round(Math.max(-1f, Math.min(1f, samples[i])) * Short.MAX_VALUE);
      bytes[2 * i] = (byte) value;
      bytes[2 * i + 1] = (byte) (value >> Byte.SIZE);
    }
    return bytes;
  }

  private record Line(SourceDataLine line) implements Device {
    static Line open(AudioFormat format) throws LineUnavailableException {
      SourceDataLine line = AudioSystem.getSourceDataLine(format);
      line.open(format);
      line.start();
      return new Line(line);
    }

    @Override
    public void play(byte[] pcm16) {
      line.write(pcm16, 0, pcm16.length);
    }

    @Override
    public void finish() {
      line.drain();
      line.close();
    }
  }
}
