// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What this program was built from.
 *
 * <p><i>Immutable.</i>
 *
 * @param version Continuo's version
 * @param commit abbreviated commit, {@code unknown} where it was not built from a repository
 */
public record Build(String version, String commit) {
  private static final Build CURRENT = read();

  /** The running program's. */
  public static Build current() {
    return CURRENT;
  }

  private static Build read() {
    Properties build = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
      if (in == null) {
        throw new IllegalStateException("build.properties: no such resource");
      }
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String commit = build.getProperty("commit", "");
    boolean known = !commit.isEmpty() && !commit.startsWith("$");
    return new Build(build.getProperty("version", "unknown"), known ? commit : "unknown");
  }
}
