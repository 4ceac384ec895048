// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package may see what. */
class ArchitectureTest {
  private static final String BASE = "dev.continuo.server";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(BASE);

  @Test
  void seesTheModule() {
    assertThat(CLASSES).hasSizeGreaterThan(30);
  }

  private static void never(String here, String... there) {
    noClasses()
        .that()
        .resideInAPackage(BASE + here)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(there)
        .check(CLASSES);
  }

  @Test
  void sessionsKnowNoTransportAndNoNetworks() {
    never(
        ".session",
        "io.grpc..",
        "io.netty..",
        "ai.djl..",
        "dev.continuo.model.torch..",
        BASE + ".engine",
        BASE + ".rpc",
        BASE + ".cli");
  }

  @Test
  void theEngineKnowsNoTransport() {
    never(".engine", "io.grpc..", "io.netty..", BASE + ".rpc", BASE + ".cli");
  }

  @Test
  void onlyRpcKnowsGrpc() {
    never(".cli", "io.grpc..", "io.netty..");
    never(".rpc", BASE + ".engine", BASE + ".cli");
  }
}
