// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.random;

import dev.continuo.model.checkpoint.DType;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Random speech encoders: the default bundle's, and HuBERT in transformers' layout.
 * <i>Immutable.</i>
 */
final class Encoders {
  /** Samples a second of both. */
  static final int SAMPLE_RATE_HZ = 16_000;

  /** Chunk of the streaming encoder, whatever its unit rate. */
  private static final double CHUNK_SECONDS = 0.16;

  /** Convolutions of stride two after the mels, so mel frames of a unit. */
  private static final int HOPS_PER_UNIT = 4;

  private static final int MIN_WINDOW = 400;
  private static final int MELS = 80;
  private static final double LOWEST_HZ = 20;

  /** Gain of what HuBERT adds to its frames: all of them share it, and they would become alike. */
  private static final double HUBERT_GAIN = 0.2;

  private Encoders() {}

  /** The streaming encoder; only hop, window and frames of a chunk follow from the unit rate. */
  static RandomNetwork streaming(double unitRateHz, int units) {
    int hop = (int) Math.round(SAMPLE_RATE_HZ / unitRateHz / HOPS_PER_UNIT);
    int window = Math.max(MIN_WINDOW, 5 * hop / 2);
    int width = 256;
    int inner = 1024;
    int layers = 6;
    RandomNetwork encoder = new RandomNetwork(DType.F16);
    encoder.add(RandomTensor.of("window", hann(window), window));
    int bins = window / 2 + 1;
    encoder.add(RandomTensor.of("mel_filters", melFilters(bins), MELS, bins));
    encoder.matrix("conv1.weight", 1.4, width, MELS, 3);
    encoder.bias("conv1", width);
    encoder.matrix("conv2.weight", 1.4, width, width, 3);
    encoder.bias("conv2", width);
    double residual = 1 / Math.sqrt(layers);
    for (int i = 0; i < layers; i++) {
      String p = "layers." + i + ".";
      encoder.linear(p + "qkv", 1, 3L * width, width);
      encoder.linear(p + "out", residual, width, width);
      encoder.linear(p + "fc1", 1.4, inner, width);
      encoder.linear(p + "fc2", residual, width, inner);
      encoder.norm(p + "n1", width);
      encoder.norm(p + "n2", width);
    }
    ObjectNode c = encoder.config();
    c.put("model_type", "continuo_streaming_encoder").put("sample_rate", SAMPLE_RATE_HZ);
    c.put("hop_length", hop).put("win_length", window).put("n_fft", window);
    c.put("num_mel_bins", MELS).put("hidden_size", width).put("num_attention_heads", 4);
    c.put("intermediate_size", inner).put("num_hidden_layers", layers);
    c.put("chunk_frames", (int) Math.round(CHUNK_SECONDS * unitRateHz)).put("left_chunks", 20);
    c.put("rope_theta", 10_000.0).put("layer_norm_eps", 1e-5);
    c.put("frame_rate_hz", unitRateHz).put("samples_per_frame", HOPS_PER_UNIT * hop);
    c.put("quantizer", "kmeans.npy").put("num_units", units);
    return encoder;
  }

  private static float[] hann(int size) {
    float[] window = new float[size];
    for (int i = 0; i < size; i++) {
      window[i] = (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * i / size));
    }
    return window;
  }

  /** Triangles with a peak of one at equal distances on HTK's mel scale. */
  private static float[] melFilters(int bins) {
    double low = mel(LOWEST_HZ);
    double step = (mel(SAMPLE_RATE_HZ / 2.0) - low) / (MELS + 1);
    float[] filters = new float[MELS * bins];
    for (int band = 0; band < MELS; band++) {
      double left = hz(low + band * step);
      double peak = hz(low + (band + 1) * step);
      double right = hz(low + (band + 2) * step);
      for (int bin = 0; bin < bins; bin++) {
        double f = bin * (SAMPLE_RATE_HZ / 2.0) / (bins - 1);
        double value = Math.min((f - left) / (peak - left), (right - f) / (right - peak));
        filters[band * bins + bin] = (float) Math.max(0, value);
      }
    }
    return filters;
  }

  private static double mel(double hz) {
    return 2595 * Math.log10(1 + hz / 700);
  }

  private static double hz(double mel) {
    return 700 * (Math.pow(10, mel / 2595) - 1);
  }

  /**
   * HuBERT base. At 25 Hz it is shaped like mHuBERT-25Hz: an eighth convolution, and batch norm
   * before the positional one in place of its weight norm.
   *
   * @param unitRateHz 25 or 50
   */
  static RandomNetwork hubert(double unitRateHz) {
    boolean slow = unitRateHz < 50;
    int[] kernels = slow ? new int[] {10, 3, 3, 3, 3, 2, 2, 2} : new int[] {10, 3, 3, 3, 3, 2, 2};
    int channels = 512;
    int width = 768;
    int layers = 12;
    int inner = 3072;
    RandomNetwork hubert = new RandomNetwork(DType.F32);
    hubert.add(RandomTensor.around("masked_spec_embed", DType.F32, 0.5, width));
    for (int i = 0; i < kernels.length; i++) {
      String p = "feature_extractor.conv_layers." + i + ".";
      hubert.matrix(p + "conv.weight", 1.6, channels, i == 0 ? 1 : channels, kernels[i]);
      if (i == 0) {
        hubert.norm(p + "layer_norm", channels);
      }
    }
    hubert.norm("feature_projection.layer_norm", channels);
    hubert.linear("feature_projection.projection", 1, width, channels);
    positional(hubert, slow, width);
    hubert.norm("encoder.layer_norm", width);
    for (int i = 0; i < layers; i++) {
      String p = "encoder.layers." + i + ".";
      for (String name : new String[] {"k_proj", "v_proj", "q_proj"}) {
        hubert.linear(p + "attention." + name, 1, width, width);
      }
      hubert.linear(p + "attention.out_proj", HUBERT_GAIN, width, width);
      hubert.norm(p + "layer_norm", width);
      hubert.linear(p + "feed_forward.intermediate_dense", 1.4, inner, width);
      hubert.linear(p + "feed_forward.output_dense", HUBERT_GAIN, width, inner);
      hubert.norm(p + "final_layer_norm", width);
    }
    configure(hubert.config(), slow, kernels, channels);
    hubert.config().put("hidden_size", width).put("intermediate_size", inner);
    hubert.config().put("num_hidden_layers", layers).put("num_attention_heads", 12);
    return hubert;
  }

  private static void positional(RandomNetwork hubert, boolean batchNorm, int width) {
    String p = "encoder.pos_conv_embed.";
    int taps = 128;
    int groups = 16;
    if (batchNorm) {
      hubert.matrix(p + "conv.weight", HUBERT_GAIN, width, width / groups, taps);
      hubert.bias(p + "conv", width);
      hubert.norm(p + "batch_norm", width);
      hubert.add(RandomTensor.constant(p + "batch_norm.running_mean", DType.F32, 0, width));
      hubert.add(RandomTensor.constant(p + "batch_norm.running_var", DType.F32, 1, width));
      hubert.add(RandomTensor.constant(p + "batch_norm.num_batches_tracked", DType.I64, 1));
    } else {
      String weight = p + "conv.parametrizations.weight.";
      double norm = HUBERT_GAIN * Math.sqrt((double) width / taps); // of a tap
      hubert.add(RandomTensor.constant(weight + "original0", DType.F32, norm, 1, 1, taps));
      hubert.matrix(weight + "original1", 1, width, width / groups, taps);
      hubert.bias(p + "conv", width);
    }
  }

  private static void configure(ObjectNode c, boolean slow, int[] kernels, int channels) {
    c.put("model_type", "hubert").putArray("architectures").add("HubertModel");
    ArrayNode dims = c.putArray("conv_dim");
    ArrayNode sizes = c.putArray("conv_kernel");
    ArrayNode strides = c.putArray("conv_stride");
    for (int i = 0; i < kernels.length; i++) {
      dims.add(channels);
      sizes.add(kernels[i]);
      strides.add(i == 0 ? 5 : 2);
    }
    c.put("num_feat_extract_layers", kernels.length).put("conv_bias", false);
    c.put("conv_pos_batch_norm", slow).put("num_conv_pos_embeddings", 128);
    c.put("num_conv_pos_embedding_groups", 16).put("feat_extract_norm", "group");
    c.put("feat_extract_activation", "gelu").put("feat_proj_layer_norm", true);
    c.put("do_stable_layer_norm", false).put("hidden_act", "gelu").put("layer_norm_eps", 1e-5);
    c.put("vocab_size", 32).put("torch_dtype", "float32");
  }
}
