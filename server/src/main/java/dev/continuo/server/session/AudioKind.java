// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import java.util.Set;

/**
 * An audio format with nothing left out.
 *
 * <p><i>Immutable.</i>
 *
 * @param encoding how samples are bytes
 * @param rateHz samples a second, 8000 to 48000
 * @param channels 1 or 2
 */
public record AudioKind(AudioEncoding encoding, int rateHz, int channels) {
  private static final int MIN_HZ = 8_000;
  private static final int MAX_HZ = 48_000;
  private static final int OPUS_HZ = 24_000;
  private static final Set<Integer> OPUS_RATES = Set.of(8_000, 12_000, 16_000, 24_000, 48_000);

  /**
   * The format a client sends.
   *
   * @param field its name in messages
   * @throws SessionFailure naming the field that is out of range
   */
  public static AudioKind input(String field, AudioFormat format, int defaultHz) {
    int channels = format.hasChannelCount() ? format.getChannelCount() : 1;
    if (channels < 1 || channels > 2) {
      throw SessionFailure.setting(field + ".channel_count", channels, "1 or 2");
    }
    AudioEncoding encoding = encoding(field, format);
    return new AudioKind(encoding, rate(field, format, encoding, defaultHz), channels);
  }

  /**
   * The format a client wants.
   *
   * @param field its name in messages
   * @param ownHz the bundle's rate
   * @throws SessionFailure naming the field that is out of range
   */
  public static AudioKind output(String field, AudioFormat format, int ownHz) {
    if (format.hasChannelCount() && format.getChannelCount() != 1) {
      throw SessionFailure.setting(field + ".channel_count", format.getChannelCount(), "1");
    }
    AudioEncoding encoding = encoding(field, format);
    boolean opus = encoding == AudioEncoding.AUDIO_ENCODING_OPUS;
    int defaultHz = opus && !OPUS_RATES.contains(ownHz) ? OPUS_HZ : ownHz;
    return new AudioKind(encoding, rate(field, format, encoding, defaultHz), 1);
  }

  private static AudioEncoding encoding(String field, AudioFormat format) {
    AudioEncoding encoding = format.getEncoding();
    if (encoding == AudioEncoding.UNRECOGNIZED) {
      throw SessionFailure.setting(
          field + ".encoding", format.getEncodingValue(), "LINEAR16, MULAW, ALAW or OPUS");
    }
    return encoding == AudioEncoding.AUDIO_ENCODING_UNSPECIFIED
        ? AudioEncoding.AUDIO_ENCODING_LINEAR16
        : encoding;
  }

  private static int rate(String field, AudioFormat format, AudioEncoding encoding, int otherwise) {
    int rateHz = format.hasSampleRateHertz() ? format.getSampleRateHertz() : otherwise;
    String name = field + ".sample_rate_hertz";
    if (encoding == AudioEncoding.AUDIO_ENCODING_OPUS && !OPUS_RATES.contains(rateHz)) {
      throw SessionFailure.setting(name, rateHz, "8000, 12000, 16000, 24000 or 48000 with OPUS");
    }
    if (rateHz < MIN_HZ || rateHz > MAX_HZ) {
      throw SessionFailure.setting(name, rateHz, MIN_HZ + " to " + MAX_HZ);
    }
    return rateHz;
  }

  boolean isOpus() {
    return encoding == AudioEncoding.AUDIO_ENCODING_OPUS;
  }

  /** Bytes of one sample; not for Opus. */
  int sampleBytes() {
    return encoding == AudioEncoding.AUDIO_ENCODING_LINEAR16 ? Short.BYTES : 1;
  }

  /** As a message, every field set. */
  AudioFormat message() {
    return AudioFormat.newBuilder()
        .setEncoding(encoding)
        .setSampleRateHertz(rateHz)
        .setChannelCount(channels)
        .build();
  }
}
