// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Fields of a newer client that this server does not know, each told once.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class UnknownFields {
  private static final int MAX_TOLD = 100;

  private final Set<String> told = new HashSet<>();

  /** Names of the unknown fields of a message that were not found before, as {@code config.99}. */
  Set<String> fresh(Message message) {
    Set<String> found = new TreeSet<>();
    collect("", message, found);
    found.removeIf(name -> told.size() >= MAX_TOLD || !told.add(name));
    return found;
  }

  private static void collect(String path, Message message, Set<String> found) {
    for (int number : message.getUnknownFields().asMap().keySet()) {
      if (found.size() < MAX_TOLD) {
        found.add(path + number);
      }
    }
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      String name = path + field.getKey().getName() + ".";
      if (field.getValue() instanceof Message inner) {
        collect(name, inner, found);
      } else if (field.getValue() instanceof List<?> list) {
        for (Object element : list) {
          if (element instanceof Message inner) {
            collect(name, inner, found);
          }
        }
      }
    }
  }
}
