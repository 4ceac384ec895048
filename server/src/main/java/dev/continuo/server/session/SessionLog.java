// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs each session's beginning and end, with its id. Never what was said.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
public final class SessionLog implements SessionObserver {
  private static final Logger LOG = LoggerFactory.getLogger(SessionLog.class);
  private static final double NANOS_PER_SECOND = 1e9;

  private static LoggingEventBuilder about(Who who) {
    return LOG.atInfo()
        .addKeyValue("session_id", who.session())
        .addKeyValue("request_id", who.request())
        .addKeyValue("bundle", who.bundle());
  }

  @Override
  public void admitted(Who who, long waitedNanos) {
    about(who).addKeyValue("waited_seconds", seconds(waitedNanos)).log("session started");
  }

  @Override
  public void rejected(Who who, SessionFailure why, long afterNanos) {
    about(who)
        .addKeyValue("reason", why.reason().toLowerCase(Locale.ROOT))
        .addKeyValue("detail", why.line())
        .log("session rejected");
  }

  @Override
  public void ended(Who who, SessionReport session) {
    LoggingEventBuilder line =
        about(who)
            .addKeyValue("reason", session.reason())
            .addKeyValue("turns", session.turns())
            .addKeyValue("seconds", seconds(session.endNanos() - session.startNanos()))
            .addKeyValue("seconds_in", rounded(session.secondsIn()))
            .addKeyValue("seconds_out", rounded(session.secondsOut()));
    if (!session.detail().isEmpty()) {
      line = line.addKeyValue("detail", session.detail());
    }
    line.log("session ended");
  }

  private static String seconds(long nanos) {
    return rounded(nanos / NANOS_PER_SECOND);
  }

  private static String rounded(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }
}
