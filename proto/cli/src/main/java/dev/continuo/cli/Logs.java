// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import java.util.Locale;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.slf4j.event.Level;

/**
 * What a process logs, to standard error: from which level on, and as lines for people or as JSON
 * lines for machines.
 *
 * <p><i>Thread-safe: called once, when a command begins.</i>
 */
public final class Logs {
  private static final String LEVEL = "continuo.log";
  private static final String FORMAT = "continuo.log.format";
  private static final String WHEN = "continuo.log.when";
  private static final String CONFIGURATION = "/logback.xml";

  /** How log records are written. */
  public enum Format {
    /** One line each, for people. */
    TEXT,
    /** One JSON object a line. */
    JSON
  }

  private Logs() {}

  /**
   * Records will be written on a thread of their own, so that nobody waits for whoever reads them,
   * until so many are unwritten; nothing is dropped. To be called before anything is logged, and
   * {@link #close} at the end.
   */
  public static void later() {
    System.setProperty(WHEN, "later");
  }

  /** Writes what is not written yet; nothing is logged afterwards. */
  public static void close() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }

  /** What libraries tell {@code java.util.logging} goes the same way as everything else. */
  public static void route() {
    if (!SLF4JBridgeHandler.isInstalled()) {
      SLF4JBridgeHandler.removeHandlersForRootLogger();
      SLF4JBridgeHandler.install();
    }
  }

  /** Logs from a level on in a format. */
  public static void configure(Level level, Format format) {
    route();
    String name = format.name().toLowerCase(Locale.ROOT);
    if (level.name().equals(System.getProperty(LEVEL))
        && name.equals(System.getProperty(FORMAT, "text"))) {
      return; // as it is
    }
    System.setProperty(LEVEL, level.name());
    System.setProperty(FORMAT, name);
    URL configuration = Logs.class.getResource(CONFIGURATION);
    if (configuration == null) {
      throw new IllegalStateException(CONFIGURATION + ": no such resource");
    }
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    try {
      configurator.doConfigure(configuration);
    } catch (JoranException e) {
      throw new IllegalStateException(CONFIGURATION, e);
    }
  }
}
