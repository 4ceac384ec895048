// SPDX-License-Identifier: Apache-2.0
package dev.continuo.wire;

/**
 * Reasons that google.rpc.ErrorInfo gives for a status, as the comment of the service {@code
 * SpeechContinuation} lists them.
 *
 * <p><i>Immutable.</i>
 */
public final class Reasons {
  /** The domain of all of them. */
  public static final String DOMAIN = "continuo.dev";

  public static final String CONFIG_EXPECTED = "CONFIG_EXPECTED";
  public static final String CONFIG_TWICE = "CONFIG_TWICE";
  public static final String INVALID_SETTING = "INVALID_SETTING";
  public static final String INVALID_AUDIO = "INVALID_AUDIO";
  public static final String EMPTY_MESSAGE = "EMPTY_MESSAGE";
  public static final String AUDIO_TOO_LONG = "AUDIO_TOO_LONG";
  public static final String OUT_OF_ORDER = "OUT_OF_ORDER";
  public static final String UNKNOWN_BUNDLE = "UNKNOWN_BUNDLE";
  public static final String NOT_BUILT = "NOT_BUILT";
  public static final String TOO_MANY_SESSIONS = "TOO_MANY_SESSIONS";
  public static final String IDLE_TIMEOUT = "IDLE_TIMEOUT";
  public static final String SESSION_MAX_AGE = "SESSION_MAX_AGE";
  public static final String SLOW_CONSUMER = "SLOW_CONSUMER";
  public static final String SHUTTING_DOWN = "SHUTTING_DOWN";
  public static final String DEFECT = "DEFECT";

  private Reasons() {}
}
