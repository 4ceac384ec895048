// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the module may see. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.continuo");

  @Test
  void seesTheModule() {
    assertThat(CLASSES).hasSizeGreaterThan(10);
  }

  @Test
  void dependsOnCodecLibrariesOnly() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify.annotations..",
            "dev.continuo.audio",
            "club.minnced.opus..",
            "tomp2p.opuswrapper..",
            "com.sun.jna..",
            "org.gagravarr..",
            "org.jflac..")
        .check(CLASSES);
  }
}
