// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One line of units, as SlamKit writes them: {@code {"file_name": "a.wav", "units": [12, 7],
 * "durations": [2, 1]}}. <i>Immutable; arrays are borrowed.</i>
 *
 * @param fileName what the units are of
 * @param units in the order spoken
 * @param durations frames of each unit, or null where they are not known
 */
@SuppressWarnings("ArrayRecordComponent") // a line is read, used and dropped
record UnitLine(String fileName, int[] units, int @Nullable [] durations) {
  static final ObjectMapper JSON = JsonMapper.builder().build();

  /** Merges equal neighbours: units one a frame become deduplicated units with run lengths. */
  static UnitLine ofFrames(String fileName, int[] frames) {
    int[] units = new int[frames.length];
    int[] durations = new int[frames.length];
    int n = 0;
    for (int i = 0; i < frames.length; i++) {
      if (i == 0 || frames[i] != frames[i - 1]) {
        units[n++] = frames[i];
      }
      durations[n - 1]++;
    }
    return new UnitLine(fileName, Arrays.copyOf(units, n), Arrays.copyOf(durations, n));
  }

  /** The units with equal neighbours merged, as a language model takes them. */
  int[] deduplicated() {
    return ofFrames(fileName, units).units();
  }

  /** As a JSON object, without durations where there are none. */
  ObjectNode json() {
    ObjectNode node = JSON.createObjectNode();
    node.put("file_name", fileName);
    put(node.putArray("units"), units);
    if (durations != null) {
      put(node.putArray("durations"), durations);
    }
    return node;
  }

  private static void put(ArrayNode array, int[] values) {
    for (int value : values) {
      array.add(value);
    }
  }
}
