// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package may see what. */
class ArchitectureTest {
  private static final String SDK = "dev.continuo.client";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(SDK);

  @Test
  void seesTheModule() {
    assertThat(CLASSES).hasSizeGreaterThan(8);
  }

  @Test
  void nothingSeesNetworksOrTheServer() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "ai.djl..", "dev.continuo.model..", "dev.continuo.server..", "dev.continuo.loadtest..")
        .check(CLASSES);
  }

  @Test
  void theSdkSeesTheContractAudioAndGrpcOnly() {
    classes()
        .that()
        .resideInAPackage(SDK)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify..",
            "com.google.protobuf..",
            "com.google.rpc..",
            "io.grpc..",
            "io.netty..",
            "dev.continuo.v1..",
            "dev.continuo.wire",
            "dev.continuo.audio",
            SDK)
        .check(CLASSES);
  }
}
