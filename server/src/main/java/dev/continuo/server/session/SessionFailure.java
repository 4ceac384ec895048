// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.wire.Reasons;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a call failed, for its client: a reason of {@link Reasons} and one line.
 *
 * <p><i>Immutable.</i>
 */
public final class SessionFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final @Nullable String field;
  private final int retryAfterMillis;

  private SessionFailure(
      String reason, @Nullable String field, String message, int retryAfterMillis) {
    super(message, null, false, false); // a client's mistake needs no stack trace
    this.reason = reason;
    this.field = field;
    this.retryAfterMillis = retryAfterMillis;
  }

  /** A failure of no particular field. */
  public static SessionFailure of(String reason, String message) {
    return new SessionFailure(reason, null, message, 0);
  }

  /** A field that has a wrong value; the message begins with the field's name. */
  public static SessionFailure ofField(String reason, String field, String rest) {
    return new SessionFailure(reason, field, field + ": " + rest, 0);
  }

  /** A failure that may be over in some time. */
  public static SessionFailure retry(String reason, String message, int retryAfterMillis) {
    return new SessionFailure(reason, null, message, retryAfterMillis);
  }

  /** A setting outside its range. */
  static SessionFailure setting(String field, Object value, String expected) {
    return ofField(Reasons.INVALID_SETTING, field, value + " (expected: " + expected + ")");
  }

  /** A field or message whose feature this server does not have. */
  public static SessionFailure notBuilt(String field) {
    return ofField(Reasons.NOT_BUILT, field, "not built in this server (expected: not set)");
  }

  /** The reason, one of {@link Reasons}. */
  public String reason() {
    return reason;
  }

  /** The field meant, where there is one. */
  public Optional<String> field() {
    return Optional.ofNullable(field);
  }

  /** Milliseconds after which trying again may help; 0 where it does not. */
  public int retryAfterMillis() {
    return retryAfterMillis;
  }

  /** The line for the client. */
  public String line() {
    return String.valueOf(getMessage());
  }
}
