// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The JSON header of a safetensors file, read as a stream so that memory follows the tensors.
 *
 * <p>Source of the rules: the format section of huggingface/safetensors' README and {@code
 * Metadata::validate} of its {@code tensor.rs}. <i>Serialised by the caller.</i>
 */
final class SafetensorsHeader {
  /** Most tensors in a file; published checkpoints have up to a few thousand. */
  static final int MAX_TENSORS = 100_000;

  /** Most dimensions of a tensor, PyTorch's own limit. */
  static final int MAX_RANK = 64;

  /** Most entries of the metadata, whose keys the parser remembers; trainers write some hundred. */
  static final int MAX_METADATA = 10_000;

  private static final String METADATA = "__metadata__";

  private final Path file;
  private final JsonParser parser;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private SafetensorsHeader(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /** One tensor: {@code start} and {@code end} in bytes from the end of the header. */
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(String name, DType dtype, long[] shape, long start, long end) {}

  /**
   * Reads and checks a header.
   *
   * @param json the header's bytes; borrowed
   * @param dataBytes bytes of the file that follow the header
   * @return tensors that cover the data without hole or overlap, in the order of their offsets
   * @throws InputException naming {@code file} and the tensor if anything is amiss
   */
  static List<Entry> read(Path file, byte[] json, long dataBytes) {
    if (json.length == 0 || json[0] != '{') {
      throw new InputException(file + ": header does not start with { (expected: a JSON object)");
    }
    List<Entry> entries;
    try (JsonParser parser = Json.parser(json)) {
      SafetensorsHeader header = new SafetensorsHeader(file, parser);
      header.readTensors();
      entries = new ArrayList<>(header.entries.values());
    } catch (JacksonException e) {
      throw Json.fault(file, "header is not JSON", e);
    }
    entries.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::end));
    checkCoverage(file, entries, dataBytes);
    return entries;
  }

  private void readTensors() {
    parser.nextToken();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals(METADATA)) {
        skipMetadata();
        continue;
      }
      if (entries.size() == MAX_TENSORS) {
        throw new InputException(file + ": too many tensors (expected: <= " + MAX_TENSORS + ")");
      }
      entries.put(name, readTensor(name));
    }
    if (parser.nextToken() != null) {
      throw new InputException(file + ": text after the header's object (expected: spaces only)");
    }
  }

  private void skipMetadata() {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw error(METADATA, "not an object", "a map of strings");
    }
    for (int i = 0; parser.nextToken() == JsonToken.PROPERTY_NAME; i++) {
      if (i == MAX_METADATA) {
        throw error(METADATA, "too many entries", "at most " + MAX_METADATA);
      }
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw error(
            METADATA, Quoted.plain(parser.currentName()) + " is not a string", "a map of strings");
      }
    }
  }

  private Entry readTensor(String name) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw error(name, "not an object", "an object with dtype, shape and data_offsets");
    }
    @Nullable DType dtype = null;
    long @Nullable [] shape = null;
    long @Nullable [] offsets = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "dtype" -> dtype = readDType(name);
        case "shape" -> shape = readLongs(name, key, MAX_RANK);
        case "data_offsets" -> offsets = readLongs(name, key, 2);
        default -> throw error(name, "unknown key " + Quoted.of(key), "dtype, shape, data_offsets");
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw error(name, "missing key " + missing, "dtype, shape, data_offsets");
    }
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw error(
          name, "data_offsets: " + Arrays.toString(offsets), "two numbers, begin and end >= begin");
    }
    checkSize(name, dtype, shape, offsets[1] - offsets[0]);
    return new Entry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private void checkSize(String name, DType dtype, long[] shape, long bytes) {
    long expected = dtype.bytes();
    try {
      for (long size : shape) {
        expected = Math.multiplyExact(expected, size);
      }
    } catch (ArithmeticException e) {
      throw error(name, "shape: " + Arrays.toString(shape), "a product below 2^63 bytes");
    }
    if (bytes != expected) {
      String what = "data_offsets: " + bytes + " bytes";
      throw error(name, what, expected + " for " + dtype + " " + Arrays.toString(shape));
    }
  }

  private DType readDType(String name) {
    String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getString() : "";
    for (DType dtype : DType.values()) {
      if (dtype.name().equals(text)) {
        return dtype;
      }
    }
    throw error(name, "dtype: " + Quoted.of(text), "one of " + Arrays.toString(DType.values()));
  }

  private long[] readLongs(String name, String key, int most) {
    String expected = "an array of up to " + most + " integers >= 0";
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw error(name, key + ": not an array", expected);
    }
    long[] values = new long[most];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (count == most) {
        throw error(name, key + ": more than " + most + " values", expected);
      }
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
          || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || parser.getLongValue() < 0) {
        String found = Quoted.of(parser.getString());
        throw error(name, key + ": value " + (count + 1) + " is " + found, expected);
      }
      values[count++] = parser.getLongValue();
    }
    return Arrays.copyOf(values, count);
  }

  /** The data must be indexed entirely, each byte once, so that nothing can hide in a file. */
  private static void checkCoverage(Path file, List<Entry> sorted, long dataBytes) {
    long end = 0;
    for (Entry entry : sorted) {
      if (entry.end > dataBytes) {
        String what = "data ends at " + entry.end;
        throw error(file, entry.name, what, "within the file's " + dataBytes + " bytes of data");
      }
      if (entry.start != end) {
        String what = (entry.start < end ? "overlaps" : "leaves a hole after") + " other data";
        throw error(file, entry.name, what + ", begins at " + entry.start, "at " + end);
      }
      end = entry.end;
    }
    if (end != dataBytes) {
      String what = ": " + (dataBytes - end) + " bytes of no tensor at the end";
      throw new InputException(file + what + " (expected: " + end + " bytes of data)");
    }
  }

  private InputException error(String name, String what, String expected) {
    return error(file, name, what, expected);
  }

  private static InputException error(Path file, String name, String what, String expected) {
    return new InputException(
        file + ": " + Quoted.plain(name) + ": " + what + " (expected: " + expected + ")");
  }
}
