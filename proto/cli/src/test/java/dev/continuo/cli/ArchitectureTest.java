// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the module may see. */
class ArchitectureTest {
  @Test
  void dependsOnTheCommandLineLibraryOnly() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.sound.sampled",
            "org.jspecify..",
            "org.slf4j..",
            "picocli..",
            "ch.qos.logback..", // what the process logs, and how
            "dev.continuo.cli")
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.continuo"));
  }
}
