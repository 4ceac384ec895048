// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code summary.csv}: every number of {@code report.json} that was measured, one a line, by its
 * path.
 *
 * <p><i>Thread-safe: holds no state.</i>
 */
final class SummaryCsv {
  private SummaryCsv() {}

  static String of(ObjectNode report) {
    StringBuilder csv = new StringBuilder("name,value\n");
    report
        .properties()
        .forEach(
            entry -> {
              if (!entry.getKey().equals("settings") && !entry.getKey().equals("server")) {
                append(csv, entry.getKey(), entry.getValue());
              }
            });
    return csv.toString();
  }

  private static void append(StringBuilder csv, String path, JsonNode node) {
    if (node.isObject()) {
      node.properties().forEach(e -> append(csv, path + "." + e.getKey(), e.getValue()));
    } else if (node.isNumber() || node.isBoolean()) {
      csv.append(path).append(',').append(node.asString()).append('\n');
    }
  }
}
