// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Build;
import dev.continuo.model.bundle.BundleStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. <i>Immutable.</i> */
final class VersionLines implements IVersionProvider {

  @Override
  public String[] getVersion() throws IOException {
    Properties build = new Properties();
    try (InputStream in = VersionLines.class.getResourceAsStream("build.properties")) {
      if (in == null) {
        throw new IllegalStateException("build.properties: no such resource");
      }
      build.load(in);
    }
    Build current = Build.current();
    return new String[] {
      "continuo " + current.version(),
      "commit " + current.commit(),
      "java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
      "djl " + build.getProperty("djl") + ", pytorch " + build.getProperty("pytorch"),
      "default bundle " + BundleStore.defaultFingerprint()
    };
  }
}
