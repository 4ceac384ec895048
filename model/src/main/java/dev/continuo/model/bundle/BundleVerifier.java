// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.bundle.BundleVerification.FileSum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads every byte of a bundle and compares the sums. <i>Immutable.</i> */
public final class BundleVerifier {
  private BundleVerifier() {}

  /**
   * Sums each file that the bundle lists. Overrides have no sums and are left out.
   *
   * @throws InputException if a file cannot be read; a wrong sum is a result
   */
  public static BundleVerification verify(Bundle bundle) {
    List<FileSum> sums = new ArrayList<>();
    for (Map.Entry<String, String> listed : bundle.files().entrySet()) {
      Path file = bundle.folder().resolve(listed.getKey());
      try {
        sums.add(
            new FileSum(listed.getKey(), Files.size(file), listed.getValue(), Sha256.of(file)));
      } catch (IOException e) {
        throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }
    return new BundleVerification(bundle.folder(), sums);
  }
}
