// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Strict JSON in UTF-8: duplicate keys, trailing text and deep nesting are errors.
 * <i>Immutable.</i>
 */
final class Json {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_NUMBER_CHARS = 64;
  private static final int MAX_NAME_CHARS = 4096;
  private static final int MAX_STRING_CHARS = 10 << 20;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_CHARS)
                          .maxNameLength(MAX_NAME_CHARS)
                          .maxStringLength(MAX_STRING_CHARS)
                          .build())
                  .build())
          .build();

  private Json() {}

  /** A parser of the whole text, which is borrowed. */
  static JsonParser parser(byte[] text) {
    return MAPPER.createParser(utf8(text));
  }

  /** The whole text as a tree. */
  static JsonNode tree(byte[] text) {
    return MAPPER.readTree(utf8(text));
  }

  /** From bytes, Jackson would guess UTF-16 and UTF-32 too. Malformed bytes are errors. */
  private static Reader utf8(byte[] text) {
    return new InputStreamReader(
        new ByteArrayInputStream(text), StandardCharsets.UTF_8.newDecoder());
  }

  /** A fault of the JSON text in one line. */
  static InputException fault(Path file, String what, JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    String where =
        at == null || at.getLineNr() < 0
            ? ""
            : " at line " + at.getLineNr() + " column " + at.getColumnNr();
    String message = e.getOriginalMessage();
    int end = message.indexOf('\n');
    String first = end < 0 ? message : message.substring(0, end);
    return new InputException(
        file + ": " + what + where + ": " + Quoted.plain(first) + " (expected: a JSON object)", e);
  }
}
