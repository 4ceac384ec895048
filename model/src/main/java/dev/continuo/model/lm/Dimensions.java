// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.checkpoint.ConfigFile;

/**
 * Sizes that every family has. <i>Immutable.</i>
 *
 * @param vocabulary number of ids
 * @param embedding width of the embedding and of the head
 * @param width of the layers
 * @param layers number of them
 * @param heads of the attention
 * @param kvHeads heads of keys and values, a divisor of {@code heads}
 * @param head width of a head
 * @param positions most positions
 */
record Dimensions(
    int vocabulary,
    int embedding,
    int width,
    int layers,
    int heads,
    int kvHeads,
    int head,
    int positions) {
  /** Longest context that is kept memory for; a config that says more is served up to here. */
  static final int MAX_POSITIONS = 1 << 17;

  private static final int MAX_LAYERS = 4096;
  private static final int MAX_HEADS = 4096;
  private static final int MAX_WIDTH = 1 << 20;
  private static final int MAX_VOCABULARY = 1 << 22;

  /** The sizes of a family whose key-value heads are its heads and whose embedding is as wide. */
  static Dimensions of(ConfigFile c, String width, String layers, String heads, int positions) {
    int wide = width(c, width);
    int many = heads(c, heads);
    return new Dimensions(
        vocabulary(c),
        wide,
        wide,
        layers(c, layers),
        many,
        many,
        quotient(c, heads, wide, many),
        positions);
  }

  /** Number of weights of the embedding, and of the head. */
  long headWeights() {
    return (long) vocabulary * embedding;
  }

  /** This with another width of the embedding. */
  Dimensions embedded(int other) {
    return new Dimensions(vocabulary, other, width, layers, heads, kvHeads, head, positions);
  }

  static int vocabulary(ConfigFile c) {
    return c.integer("vocab_size", 1, MAX_VOCABULARY);
  }

  static int width(ConfigFile c, String key) {
    return c.integer(key, 1, MAX_WIDTH);
  }

  static int layers(ConfigFile c, String key) {
    return c.integer(key, 1, MAX_LAYERS);
  }

  static int heads(ConfigFile c, String key) {
    return c.integer(key, 1, MAX_HEADS);
  }

  /** The width of the feed-forward. */
  static int inner(ConfigFile c, String key) {
    return c.integer(key, 1, 1 << 24);
  }

  /** Most positions, {@code absent} where the config does not say. */
  static int positions(ConfigFile c, String key, int absent) {
    return Math.min(MAX_POSITIONS, c.integerOr(key, 1, Integer.MAX_VALUE, absent));
  }

  /** The width of a head. */
  static int quotient(ConfigFile c, String key, int width, int heads) {
    if (width % heads != 0) {
      throw c.fault(key, "a divisor of the width, " + width);
    }
    return width / heads;
  }
}
