// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Hyper-parameters of a HuBERT, as transformers' {@code config.json} has them; those of fairseq are
 * brought to the same words.
 *
 * <p><i>Immutable.</i>
 *
 * @param channels of each convolution's output
 * @param kernels taps of each convolution
 * @param strides of each convolution
 * @param convBias whether convolutions have biases
 * @param layerNorms whether a norm over channels follows each convolution (large models); otherwise
 *     one over time follows the first (base models)
 * @param projectNorm whether a norm precedes the projection
 * @param width of the blocks
 * @param heads of the attention
 * @param inner width of the feed-forward
 * @param layers number of blocks
 * @param stable whether norms precede attention and feed-forward (large models)
 * @param posTaps taps of the positional convolution
 * @param posGroups groups of the positional convolution
 * @param posBatchNorm whether a batch norm precedes it; otherwise its weight is normed
 * @param eps of the layer norms
 * @param normaliseEps what is added to the variance where a recording is brought to zero mean and
 *     unit variance first; 0 where it is taken as it is
 */
record HubertShape(
    List<Integer> channels,
    List<Integer> kernels,
    List<Integer> strides,
    boolean convBias,
    boolean layerNorms,
    boolean projectNorm,
    int width,
    int heads,
    int inner,
    int layers,
    boolean stable,
    int posTaps,
    int posGroups,
    boolean posBatchNorm,
    double eps,
    double normaliseEps) {

  /** All published models take 16 kHz. */
  static final int SAMPLE_RATE_HZ = 16_000;

  /** Of transformers' feature extractor. */
  private static final double NORMALISE_EPS = 1e-7;

  private static final String PREPROCESSOR = "preprocessor_config.json";
  private static final int MAX_WIDTH = 1 << 16;

  /** Copies the lists. */
  HubertShape {
    channels = List.copyOf(channels);
    kernels = List.copyOf(kernels);
    strides = List.copyOf(strides);
  }

  /**
   * Reads and checks {@code config.json} and, where it lies beside it, {@code
   * preprocessor_config.json}.
   *
   * @throws dev.continuo.model.InputException naming the key that is missing, out of its range or
   *     contradicts another
   */
  static HubertShape read(ConfigFile c) {
    boolean layerNorms = c.choice("feat_extract_norm", "group", "layer").equals("layer");
    for (String activation : List.of("hidden_act", "feat_extract_activation")) {
      if (c.has(activation)) {
        c.choice(activation, "gelu");
      }
    }
    HubertShape shape =
        new HubertShape(
            list(c, "conv_dim", MAX_WIDTH),
            list(c, "conv_kernel", 1024),
            list(c, "conv_stride", 1024),
            c.flagOr("conv_bias", false),
            layerNorms,
            c.flagOr("feat_proj_layer_norm", true),
            c.integer("hidden_size", 1, MAX_WIDTH),
            c.integer("num_attention_heads", 1, 1024),
            c.integer("intermediate_size", 1, 1 << 20),
            c.integer("num_hidden_layers", 1, 1024),
            c.flagOr("do_stable_layer_norm", false),
            c.integerOr("num_conv_pos_embeddings", 1, 4096, 128),
            c.integerOr("num_conv_pos_embedding_groups", 1, MAX_WIDTH, 16),
            c.flagOr("conv_pos_batch_norm", false),
            c.numberOr("layer_norm_eps", 0, 1, 1e-5),
            normaliseEps(c, layerNorms));
    shape.check(c);
    return shape;
  }

  private void check(ConfigFile c) {
    int convolutions = channels.size();
    if (convolutions < 1) {
      throw c.fault("conv_dim", "a width a convolution");
    }
    if (kernels.size() != convolutions) {
      throw c.fault("conv_kernel", convolutions + " sizes, as many as conv_dim");
    }
    if (strides.size() != convolutions) {
      throw c.fault("conv_stride", convolutions + " strides, as many as conv_dim");
    }
    if (width % heads != 0) {
      throw c.fault("hidden_size", "a multiple of num_attention_heads, " + heads);
    }
    if (width % posGroups != 0) {
      throw c.fault("num_conv_pos_embedding_groups", "a divisor of hidden_size, " + width);
    }
  }

  /** Without anything said of it, fairseq's practice: large models are normalised. */
  private static double normaliseEps(ConfigFile c, boolean layerNorms) {
    Path file = c.file().resolveSibling(PREPROCESSOR);
    ConfigFile says = c;
    if (!c.has("do_normalize") && Files.exists(file)) {
      says = ConfigFile.read(file);
      says.integerOr("sampling_rate", SAMPLE_RATE_HZ, SAMPLE_RATE_HZ, SAMPLE_RATE_HZ);
    }
    boolean normalise = says.flagOr("do_normalize", layerNorms);
    return normalise ? says.numberOr("normalize_eps", 0, 1, NORMALISE_EPS) : 0;
  }

  private static List<Integer> list(ConfigFile c, String key, int max) {
    return Arrays.stream(c.integers(key, 1, max)).boxed().toList();
  }

  /** Samples from one frame to the next. */
  int hop() {
    return strides.stream().reduce(1, Math::multiplyExact);
  }

  /** Samples that a frame's convolutions see. */
  int receptiveField() {
    int field = 1;
    for (int i = kernels.size() - 1; i >= 0; i--) {
      field = (field - 1) * strides.get(i) + kernels.get(i);
    }
    return field;
  }

  /** Number of frames of so many samples. */
  long frames(long samples) {
    return samples < receptiveField() ? 0 : (samples - receptiveField()) / hop() + 1;
  }

  /** Number of samples that so many frames need, at least one. */
  int samples(int frames) {
    return (frames - 1) * hop() + receptiveField();
  }

  /** Frames on each side that the positional convolution sees. */
  int posReach() {
    return posTaps / 2;
  }
}
