// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.Centroids;
import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Hyper-parameters of a CodeHiFiGAN, as its {@code config.json} has them (textlesslib and fairseq
 * write the same keys).
 *
 * <p>Rows of a stage lie behind its input by half of what its transposed convolution overlaps and
 * by what its furthest looking block sees ahead; the pipeline's delay follows from that.
 * <i>Immutable.</i>
 *
 * @param sampleRateHz of the speech
 * @param units number of distinct units
 * @param embeddingWidth of a unit, a speaker and a style
 * @param speakers number of voices, 0 where there is no table of them
 * @param vectorWidth numbers of a speaker's vector, from which a linear layer makes the embedding;
 *     0 where there is a table of speakers
 * @param styles number of styles, 0 where there is no table of them
 * @param channels of the first convolution's output; each stage halves them
 * @param rates upsampling of each stage
 * @param kernels taps of each stage's transposed convolution
 * @param blocks residual blocks of every stage
 * @param durationWidth of the duration predictor, 0 where there is none
 */
record CodeHifiganShape(
    int sampleRateHz,
    int units,
    int embeddingWidth,
    int speakers,
    int vectorWidth,
    int styles,
    int channels,
    List<Integer> rates,
    List<Integer> kernels,
    List<Block> blocks,
    int durationWidth) {

  /** Taps of the first and the last convolution. */
  static final int EDGE_TAPS = 7;

  private static final int MAX_WIDTH = 1 << 16;
  private static final int MAX_UNITS = 1 << 20;
  private static final int DEFAULT_SPEAKERS = 200;
  private static final int DEFAULT_STYLES = 100;
  private static final int DEFAULT_VECTOR_WIDTH = 256;

  /**
   * Vectors of the voices of a model that has a layer in place of a table (voices, vectorWidth).
   */
  static final String VECTORS = "speakers.npy";

  private static final int DURATION_TAPS = 3;

  /** Copies the lists. */
  CodeHifiganShape {
    rates = List.copyOf(rates);
    kernels = List.copyOf(kernels);
    blocks = List.copyOf(blocks);
  }

  /**
   * One residual block: for each dilation a dilated convolution and a plain one.
   *
   * @param taps of both, odd
   * @param dilations of the first
   */
  record Block(int taps, List<Integer> dilations) {
    Block {
      dilations = List.copyOf(dilations);
    }

    /** Rows seen ahead by a convolution of this block. */
    int ahead(int dilation) {
      return (taps - 1) / 2 * dilation;
    }

    /** Rows seen ahead by the block. */
    int lag() {
      return dilations.stream().mapToInt(d -> ahead(d) + ahead(1)).sum();
    }
  }

  /**
   * Reads and checks a configuration.
   *
   * @throws dev.continuo.model.InputException naming the key that is missing, out of its range,
   *     contradicts another or asks for what is not built (pitch as an input, {@code resblock} 2)
   */
  static CodeHifiganShape read(ConfigFile c) {
    c.choice("resblock", "1");
    if (c.truthy("f0")) {
      throw c.fault("f0", "false: units alone are the input");
    }
    int width = c.integer("embedding_dim", 1, MAX_WIDTH);
    boolean many = c.truthy("multispkr");
    int vectorWidth =
        many && c.truthy("embedder_params")
            ? c.integerOr("embedder_dim", 1, MAX_WIDTH, DEFAULT_VECTOR_WIDTH)
            : 0;
    int speakers = many ? speakers(c, vectorWidth) : 0;
    int styles =
        c.truthy("multistyle") ? c.integerOr("num_styles", 1, MAX_UNITS, DEFAULT_STYLES) : 0;
    CodeHifiganShape shape =
        new CodeHifiganShape(
            c.integer("sampling_rate", 1000, 192_000),
            c.integer("num_embeddings", 1, MAX_UNITS),
            width,
            speakers,
            vectorWidth,
            styles,
            c.integer("upsample_initial_channel", 2, MAX_WIDTH),
            list(c.integers("upsample_rates", 1, 1024)),
            list(c.integers("upsample_kernel_sizes", 1, 1024)),
            blocks(c),
            durationWidth(c, width));
    c.integer("model_in_dim", shape.inputWidth(), shape.inputWidth());
    shape.check(c);
    return shape;
  }

  /** Rows of the table, or of the vectors that lie beside the configuration. */
  private static int speakers(ConfigFile c, int vectorWidth) {
    if (vectorWidth == 0) {
      return c.integerOr("num_speakers", 1, MAX_UNITS, DEFAULT_SPEAKERS);
    }
    Path file = c.file().resolveSibling(VECTORS);
    if (!Files.exists(file)) {
      throw c.fault(
          "embedder_params", VECTORS + " beside it, a row of " + vectorWidth + " numbers a voice");
    }
    Centroids vectors = Centroids.read(file);
    if (vectors.width() != vectorWidth) {
      throw new InputException(
          "%s: %d numbers a voice (expected: %d, embedder_dim in %s)"
              .formatted(file, vectors.width(), vectorWidth, c.file()));
    }
    return vectors.units();
  }

  private void check(ConfigFile c) {
    if (kernels.size() != rates.size()) {
      throw c.fault("upsample_kernel_sizes", rates.size() + " sizes, as many as upsample_rates");
    }
    for (int i = 0; i < rates.size(); i++) {
      int over = kernels.get(i) - rates.get(i);
      if (over < 0 || over % 2 != 0) {
        throw c.fault(
            "upsample_kernel_sizes",
            "each its upsample_rate and an even number more, so that hops match");
      }
    }
    if (channels >> rates.size() == 0) {
      throw c.fault("upsample_initial_channel", (1 << rates.size()) + " or more");
    }
    if (c.has("code_hop_size")) {
      c.integer("code_hop_size", samplesPerFrame(), samplesPerFrame());
    }
  }

  private static List<Block> blocks(ConfigFile c) {
    int[] taps = c.integers("resblock_kernel_sizes", 1, 1023);
    List<int[]> dilations = c.integerLists("resblock_dilation_sizes", 1, 1024);
    if (dilations.size() != taps.length) {
      throw c.fault("resblock_dilation_sizes", taps.length + " lists, one a resblock_kernel_size");
    }
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < taps.length; i++) {
      if (taps[i] % 2 == 0) {
        throw c.fault("resblock_kernel_sizes", "odd numbers");
      }
      blocks.add(new Block(taps[i], list(dilations.get(i))));
    }
    return blocks;
  }

  private static int durationWidth(ConfigFile c, int width) {
    if (!c.truthy("dur_predictor_params")) {
      return 0;
    }
    ConfigFile params = c.object("dur_predictor_params");
    params.integer("encoder_embed_dim", width, width);
    params.integer("var_pred_kernel_size", DURATION_TAPS, DURATION_TAPS);
    return params.integer("var_pred_hidden_dim", 1, MAX_WIDTH);
  }

  private static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** Channels of a frame: the unit's embedding, the speaker's, the style's. */
  int inputWidth() {
    return embeddingWidth * (1 + (speakers > 0 ? 1 : 0) + (styles > 0 ? 1 : 0));
  }

  /** Channels of a stage's output; of the first convolution's for stage -1. */
  int channels(int stage) {
    return channels >> (stage + 1);
  }

  int samplesPerFrame() {
    return rates.stream().reduce(1, Math::multiplyExact);
  }

  /** Rows by which a stage's output lies behind, where its input lies {@code lag} rows behind. */
  int lag(int stage, int lag) {
    int rate = rates.get(stage);
    int furthest = blocks.stream().mapToInt(Block::lag).max().orElse(0);
    return lag * rate + (kernels.get(stage) - rate) / 2 + furthest;
  }

  /** Rows by which the first stage's output lies behind the units. */
  int frontLag() {
    return lag(0, (EDGE_TAPS - 1) / 2);
  }

  /** Samples by which the speech lies behind the first stage's rows. */
  int backLag() {
    int lag = 0;
    for (int i = 1; i < rates.size(); i++) {
      lag = lag(i, lag);
    }
    return lag + (EDGE_TAPS - 1) / 2;
  }

  /** Samples of a row of the first stage. */
  int samplesPerRow() {
    return samplesPerFrame() / rates.get(0);
  }

  /** Samples by which the speech lies behind the units. */
  int lagSamples() {
    return frontLag() * samplesPerRow() + backLag();
  }

  /**
   * Rows of the first stage to hand on before they are certain, so that so many frames are enough
   * to know.
   *
   * @throws InputException if the later stages alone look further ahead
   */
  int uncertainRows(int lookAheadFrames) {
    if (lookAheadFrames >= lookAheadFrames()) {
      return 0;
    }
    int excess = lagSamples() - lookAheadFrames * samplesPerFrame();
    int rows = -Math.floorDiv(-excess, samplesPerRow());
    if (rows > frontLag()) {
      int fewest = -Math.floorDiv(-backLag(), samplesPerFrame());
      throw new InputException(
          "look-ahead: %d frames (expected: %d to %d, which is exact)"
              .formatted(lookAheadFrames, fewest, lookAheadFrames()));
    }
    return rows;
  }

  /** Frames that must be known behind one for its samples to be certain. */
  int lookAheadFrames() {
    return -Math.floorDiv(-lagSamples(), samplesPerFrame());
  }

  /** Blocks of {@code rate} taps of a stage's transposed convolution. */
  int parts(int stage) {
    return -Math.floorDiv(-kernels.get(stage), rates.get(stage));
  }

  private static long[] signal(long length, long channels) {
    return new long[] {1, channels, 1, length};
  }

  /**
   * Shape, (rows, channels) or inside the blocks (1, channels, 1, rows), of each tensor of a
   * stream's state, in the script's order.
   */
  List<long[]> states() {
    List<long[]> states = new ArrayList<>();
    states.add(new long[] {EDGE_TAPS - 1, inputWidth()});
    int furthest = blocks.stream().mapToInt(Block::lag).max().orElse(0);
    for (int i = 0; i < rates.size(); i++) {
      long width = channels(i);
      states.add(new long[] {parts(i) - 1, rates.get(i) * width});
      for (Block block : blocks) {
        for (int dilation : block.dilations()) {
          states.add(signal(2L * block.ahead(dilation), width));
          states.add(signal(2L * block.ahead(1), width));
        }
        states.add(signal(furthest - block.lag(), width));
      }
    }
    states.add(new long[] {EDGE_TAPS - 1, channels(rates.size() - 1)});
    return states;
  }
}
