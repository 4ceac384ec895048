// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package may see what. */
class ArchitectureTest {
  private static final String BASE = "dev.continuo.loadtest";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(BASE);

  @Test
  void seesTheModule() {
    assertThat(CLASSES).hasSizeGreaterThan(20);
  }

  @Test
  void onlyCommandsSeePicocli() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + ".cli")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(CLASSES);
  }

  @Test
  void onlyTheServerTransportSeesGrpc() {
    noClasses()
        .that()
        .haveNameNotMatching(".*ServerTransport(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.grpc..")
        .check(CLASSES);
  }

  @Test
  void plansAndMeasuresKnowNoNetworkAndNoReport() {
    noClasses()
        .that()
        .resideInAnyPackage(BASE + ".plan", BASE + ".measure")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.continuo.client..", "dev.continuo.v1..", BASE + ".drive", BASE + ".report")
        .check(CLASSES);
  }
}
