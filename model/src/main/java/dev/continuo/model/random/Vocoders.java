// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.random;

import dev.continuo.model.checkpoint.DType;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Random unit vocoders: the default bundle's, and CodeHiFiGAN in textlesslib's layout. Their
 * duration predictors say about one frame a unit. <i>Immutable.</i>
 */
final class Vocoders {
  /** Samples a second of the source-filter vocoder. */
  static final int SOURCE_FILTER_RATE_HZ = 24_000;

  /** Samples a second of CodeHiFiGAN. */
  static final int CODE_HIFIGAN_RATE_HZ = 16_000;

  /** log(d + 1) of one frame. */
  private static final double ONE_FRAME = Math.log(2);

  private static final int FRAME_RATE_HZ = 100;

  private Vocoders() {}

  /** The source-filter vocoder; only the frames of a unit follow from the unit rate. */
  static RandomNetwork sourceFilter(double unitRateHz, int units) {
    int width = 256;
    int frames = (int) Math.round(FRAME_RATE_HZ / unitRateHz);
    int unitLayers = 4;
    int frameLayers = 5;
    int duration = 128;
    RandomNetwork v = new RandomNetwork(DType.F16);
    v.add(RandomTensor.around("emb.weight", DType.F16, 1, units, width));
    v.add(RandomTensor.around("pos", DType.F16, 0.3, frames, width));
    v.add(RandomTensor.around("excitation", DType.F32, 1, 1 << 16));
    for (int i = 0; i < unitLayers + frameLayers; i++) {
      String p = i < unitLayers ? "pre." + i + "." : "post." + (i - unitLayers) + ".";
      v.matrix(p + "dw.weight", 1, width, 1, 7);
      v.bias(p + "dw", width);
      v.norm(p + "norm", width);
      v.add(RandomTensor.constant(p + "g", DType.F32, 0.3, width));
      v.linear(p + "up", 1.4, 3L * width, width);
      v.linear(p + "down", 1, width, 3L * width);
    }
    v.norm("norm", width);
    head(v, "harm", 513, width, -2);
    head(v, "noise", 64, width, -4);
    v.matrix("pitch.weight", 0.1, 2, width);
    v.add(RandomTensor.of("pitch.bias", new float[] {1, (float) Math.log(120)}, 2));
    v.matrix("d1.weight", 1, duration, width, 3);
    v.bias("d1", duration);
    v.matrix("d2.weight", 1, duration, duration, 3);
    v.bias("d2", duration);
    v.norm("n1", duration);
    v.norm("n2", duration);
    v.matrix("dp.weight", 0.3, 1, duration);
    v.add(RandomTensor.constant("dp.bias", DType.F32, ONE_FRAME, 1));
    ObjectNode c = v.config();
    c.put("model_type", "continuo_source_filter_vocoder").put("sample_rate", SOURCE_FILTER_RATE_HZ);
    c.put("hop_length", SOURCE_FILTER_RATE_HZ / FRAME_RATE_HZ).put("win_length", 960);
    c.put("n_fft", 1024).put("frames_per_unit", frames).put("hidden_size", width);
    c.put("num_units", units).put("unit_layers", unitLayers).put("frame_layers", frameLayers);
    c.put("kernel_size", 7).put("right_context", 1).put("noise_bands", 64);
    c.put("f0_min_hz", 40.0).put("max_harmonic_hz", 11_500.0).put("duration_hidden_size", duration);
    c.put("unit_rate_hz", unitRateHz);
    return v;
  }

  private static void head(RandomNetwork v, String name, long outputs, long inputs, double bias) {
    v.matrix(name + ".weight", 0.5, outputs, inputs);
    v.add(RandomTensor.constant(name + ".bias", DType.F32, bias, outputs));
  }

  /**
   * CodeHiFiGAN of 512 channels, one voice, weight norm in the file (textlesslib,
   * vocoders/hifigan/generator.py).
   *
   * @param unitRateHz 25 or 50
   */
  static RandomNetwork codeHifigan(double unitRateHz, int units) {
    boolean slow = unitRateHz < 50;
    int[] rates = slow ? new int[] {5, 4, 4, 4, 2} : new int[] {5, 4, 4, 2, 2};
    int[] kernels = slow ? new int[] {11, 8, 8, 8, 4} : new int[] {11, 8, 8, 4, 4};
    int[] taps = {3, 7, 11};
    int channels = 512;
    int width = 128;
    RandomNetwork v = new RandomNetwork(DType.F32);
    v.add(RandomTensor.around("dict.weight", DType.F32, 1, units, width));
    convolution(v, "conv_pre", 1, channels, channels, width, 7);
    for (int i = 0; i < rates.length; i++) {
      int in = channels >> i;
      convolution(v, "ups." + i, Math.sqrt(rates[i] / 2.0), in / 2, in, in / 2, kernels[i]);
    }
    for (int j = 0; j < rates.length * taps.length; j++) {
      int width2 = channels >> (j / taps.length + 1);
      for (int k = 0; k < 3; k++) {
        int size = taps[j % taps.length];
        String p = "resblocks." + j + ".convs";
        convolution(v, p + "1." + k, 1, width2, width2, width2, size);
        convolution(v, p + "2." + k, 0.3, width2, width2, width2, size);
      }
    }
    convolution(v, "conv_post", 0.3, 1, 1, channels >> rates.length, 7);
    for (int i = 1; i <= 2; i++) {
      v.matrix("dur_predictor.conv" + i + ".0.weight", 1, width, width, 3);
      v.bias("dur_predictor.conv" + i + ".0", width);
      v.norm("dur_predictor.ln" + i, width);
    }
    v.matrix("dur_predictor.proj.weight", 0.3, 1, width);
    v.add(RandomTensor.constant("dur_predictor.proj.bias", DType.F32, ONE_FRAME, 1));
    configure(v.config(), rates, kernels, taps, units);
    return v;
  }

  /**
   * A convolution with weight norm; where it is transposed, {@code rows} are its inputs.
   *
   * @param norm of each row
   */
  private static void convolution(
      RandomNetwork v, String name, double norm, long outputs, long rows, long columns, long taps) {
    v.bias(name, outputs);
    v.add(RandomTensor.constant(name + ".weight_g", DType.F32, norm, rows, 1, 1));
    v.add(RandomTensor.around(name + ".weight_v", DType.F32, 1, rows, columns, taps));
  }

  private static void configure(ObjectNode c, int[] rates, int[] kernels, int[] taps, int units) {
    int hop = 1;
    ArrayNode upsampling = c.put("resblock", "1").putArray("upsample_rates");
    for (int rate : rates) {
      upsampling.add(rate);
      hop *= rate;
    }
    ArrayNode sizes = c.putArray("upsample_kernel_sizes");
    for (int kernel : kernels) {
      sizes.add(kernel);
    }
    c.put("upsample_initial_channel", 512);
    ArrayNode blocks = c.putArray("resblock_kernel_sizes");
    ArrayNode dilations = c.putArray("resblock_dilation_sizes");
    for (int tap : taps) {
      blocks.add(tap);
      dilations.addArray().add(1).add(3).add(5);
    }
    c.put("num_embeddings", units).put("embedding_dim", 128).put("model_in_dim", 128);
    c.put("code_hop_size", hop).put("sampling_rate", CODE_HIFIGAN_RATE_HZ).put("f0", false);
    ObjectNode durations = c.putObject("dur_predictor_params");
    durations.put("encoder_embed_dim", 128).put("var_pred_hidden_dim", 128);
    durations.put("var_pred_kernel_size", 3).put("var_pred_dropout", 0.5);
  }
}
