// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.audio.Pcm16;
import dev.continuo.audio.Resampler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Spoken beginnings, decoded and encoded once, shared by all sessions as frames of 20 ms.
 *
 * <p>A prompt starts with a recording; one longer than that goes on into the recordings after it.
 * <i>Immutable.</i>
 */
public final class Prompts {
  /** Sample rate of what is sent. */
  public static final int RATE_HZ = 16_000;

  /** Length of a frame. */
  public static final int FRAME_MILLIS = 20;

  /** Length of a frame. */
  public static final long FRAME_NANOS = FRAME_MILLIS * 1_000_000L;

  /** Samples of a frame. */
  public static final int FRAME_SAMPLES = RATE_HZ * FRAME_MILLIS / 1000;

  private static final List<String> BUNDLED = List.of("heart-1.wav", "heart-6.wav", "rms-2.wav");
  private static final int BUFFER_SAMPLES = 8192;
  private static final int MAX_SAMPLES = RATE_HZ * 600;

  private final List<Recording> recordings = new ArrayList<>();
  private final List<byte[]> frames = new ArrayList<>();
  private final String hash;

  private Prompts(List<String> names, List<float[]> sounds, Codec codec) {
    for (int i = 0; i < sounds.size(); i++) {
      List<byte[]> encoded = FrameEncoder.encode(sounds.get(i), codec);
      recordings.add(new Recording(names.get(i), frames.size(), encoded.size()));
      frames.addAll(encoded);
    }
    hash = sha256(sounds);
  }

  /** The recordings inside: three sentences of English, 3.2 to 5 s. */
  public static Prompts bundled(Codec codec) {
    List<float[]> sounds = new ArrayList<>();
    for (String name : BUNDLED) {
      try (InputStream in = Prompts.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException(name + ": no such resource");
        }
        sounds.add(read(AudioFiles.open(in, name)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Prompts(BUNDLED, sounds, codec);
  }

  /**
   * Every WAV, FLAC and Ogg Opus file of a folder, in the order of their names; ten minutes of
   * each.
   *
   * @throws IOException if there is none, or one cannot be read; the message is one line
   */
  public static Prompts ofFolder(Path folder, Codec codec) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new FileSystemException(folder.toString(), null, "not a folder (expected: a folder)");
    }
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.filter(Prompts::isAudio).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new FileSystemException(
          folder.toString(), null, "no recording (expected: files .wav, .flac, .ogg or .opus)");
    }
    List<String> names = new ArrayList<>();
    List<float[]> sounds = new ArrayList<>();
    for (Path file : files) {
      names.add(String.valueOf(file.getFileName()));
      sounds.add(read(AudioFiles.open(file)));
    }
    return new Prompts(names, sounds, codec);
  }

  /** What there is to say. */
  public List<Recording> recordings() {
    return List.copyOf(recordings);
  }

  /** Frames of all recordings, in order; borrowed, not to be changed. */
  public List<byte[]> frames() {
    return frames;
  }

  /** SHA-256 of the samples: the same text was spoken where it is the same. */
  public String hash() {
    return hash;
  }

  private static boolean isAudio(Path file) {
    String name = String.valueOf(file.getFileName());
    return Files.isRegularFile(file) && name.matches("(?i).+\\.(wav|flac|ogg|opus)");
  }

  private static float[] read(AudioSource opened) throws IOException {
    try (AudioSource source = opened) {
      Resampler resampler = new Resampler(source.sampleRateHz(), RATE_HZ);
      float[] buffer = new float[BUFFER_SAMPLES];
      float[] sound = new float[0];
      for (int n = 0; n >= 0 && sound.length < MAX_SAMPLES; ) {
        sound = joined(sound, resampler.process(buffer, 0, n));
        n = source.read(buffer, 0, buffer.length);
      }
      return joined(sound, resampler.finish());
    }
  }

  private static float[] joined(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static String sha256(List<float[]> sounds) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (float[] sound : sounds) {
        byte[] bytes = new byte[sound.length * Short.BYTES];
        Pcm16.encode(sound, 0, sound.length, bytes, 0);
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
