// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package may see what. */
class ArchitectureTest {
  private static final String BASE = "dev.continuo.model";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(BASE);

  @Test
  void seesTheModule() {
    assertThat(CLASSES).hasSizeGreaterThan(20);
  }

  @Test
  void onlyTorchSeesDjl() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + ".torch")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(CLASSES);
  }

  @Test
  void onlyCommandsSeePicocli() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(CLASSES);
  }

  @Test
  void nothingSeesTheNetworkOrMetrics() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "io.netty..", "com.google.protobuf..", "io.micrometer..")
        .check(CLASSES);
  }

  @Test
  void seamsSeeNoPackageBelowThem() {
    noClasses()
        .that()
        .resideInAPackage(BASE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(BASE + ".(**)")
        .check(CLASSES);
  }

  @Test
  void checkpointsAndBundlesSeeOnlyFiles() {
    classes()
        .that()
        .resideInAPackage(BASE + ".checkpoint")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "org.jspecify..", "tools.jackson..", BASE, BASE + ".checkpoint")
        .check(CLASSES);
    classes()
        .that()
        .resideInAPackage(BASE + ".bundle")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify..",
            "org.slf4j..",
            "tools.jackson..",
            BASE,
            BASE + ".checkpoint",
            BASE + ".bundle")
        .check(CLASSES);
  }
}
