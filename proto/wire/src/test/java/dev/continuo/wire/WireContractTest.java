// SPDX-License-Identifier: Apache-2.0
package dev.continuo.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.continuo.v1.AudioProto;
import dev.continuo.v1.ResearchProto;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SessionProto;
import dev.continuo.v1.SpeechContinuationProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contract: documented, and never changed in a way that breaks a client. */
class WireContractTest {
  private static final List<FileDescriptor> FILES =
      List.of(
          AudioProto.getDescriptor(),
          SessionProto.getDescriptor(),
          ResearchProto.getDescriptor(),
          SpeechContinuationProto.getDescriptor());

  private static Stream<Descriptor> messages() {
    return FILES.stream()
        .flatMap(f -> f.getMessageTypes().stream())
        .flatMap(m -> Stream.concat(Stream.of(m), m.getNestedTypes().stream()));
  }

  private static Stream<EnumDescriptor> enums() {
    return Stream.concat(
        FILES.stream().flatMap(f -> f.getEnumTypes().stream()),
        messages().flatMap(m -> m.getEnumTypes().stream()));
  }

  /** Every field, enum value and call in a line of its own, as the golden file has them. */
  private static List<String> contract() {
    List<String> lines = new ArrayList<>();
    messages()
        .forEach(
            m -> {
              for (FieldDescriptor f : m.getFields()) {
                String label = f.isRepeated() ? "repeated " : f.hasPresence() ? "optional " : "";
                lines.add(
                    "%s.%s = %d: %s%s"
                        .formatted(m.getFullName(), f.getName(), f.getNumber(), label, type(f)));
              }
            });
    enums()
        .flatMap(e -> e.getValues().stream())
        .forEach(v -> lines.add("%s = %d".formatted(v.getFullName(), v.getNumber())));
    for (MethodDescriptor m :
        SpeechContinuationProto.getDescriptor().getServices().get(0).getMethods()) {
      lines.add(
          "%s(%s%s) returns (%s%s)"
              .formatted(
                  m.getFullName(),
                  m.isClientStreaming() ? "stream " : "",
                  m.getInputType().getFullName(),
                  m.isServerStreaming() ? "stream " : "",
                  m.getOutputType().getFullName()));
    }
    return lines.stream().sorted().toList();
  }

  private static String type(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> field.getMessageType().getFullName();
      case ENUM -> field.getEnumType().getFullName();
      default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
    };
  }

  @Test
  void nothingThatAClientReliesOnHasChanged() throws IOException {
    try (InputStream golden = WireContractTest.class.getResourceAsStream("continuo-v1.txt")) {
      List<String> known =
          new String(golden.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      assertThat(contract())
          .as(
              "continuo.v1 may grow, but what is there stays: add new lines to continuo-v1.txt,"
                  + " never change old ones")
          .containsExactlyElementsOf(known);
    }
  }

  @Test
  void theZeroOfEveryEnumMeansNotSaid() {
    assertThat(enums())
        .allSatisfy(e -> assertThat(e.findValueByNumber(0).getName()).endsWith("_UNSPECIFIED"));
  }

  @Test
  void everySettingTellsWhetherItWasSet() {
    assertThat(SessionConfig.getDescriptor().getFields())
        .allSatisfy(f -> assertThat(f.hasPresence() || f.isRepeated()).as(f.getName()).isTrue());
  }

  @Test
  void noCallIsNamedAsAWordOfTheLanguage() {
    assertThat(contract()).noneMatch(line -> line.contains(".Continue("));
  }

  @Test
  void everyMessageFieldValueAndCallIsDocumented() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/proto/continuo/v1"))) {
      for (Path file : files.toList()) {
        List<String> lines = Files.readAllLines(file);
        for (int i = 1; i < lines.size(); i++) {
          String line = lines.get(i).strip();
          boolean declares =
              line.matches("(message|enum|service|rpc|oneof) .*")
                  || (line.matches(".* = \\d+;") && !line.startsWith("//"));
          if (declares) {
            assertThat(lines.get(i - 1).strip())
                .as("%s:%d: %s", file.getFileName(), i + 1, line)
                .startsWith("// ");
          }
        }
      }
    }
  }
}
