// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.vocoder.CodeHifiganShape.Block;

/**
 * The tensors that a CodeHiFiGAN takes, checked before anything is read of them.
 *
 * <p><i>Immutable.</i>
 */
record CodeHifiganTensors(CodeHifiganShape shape, Checkpoint file) {

  /**
   * Checks them all.
   *
   * @throws InputException if one is missing, of another shape or no floats
   */
  void check() {
    table("dict", shape.units());
    if (shape.vectorWidth() > 0) {
      file.requireLayer("spkr", shape.embeddingWidth(), shape.vectorWidth());
    } else {
      table("spkr", shape.speakers());
    }
    table("style", shape.styles());
    int edge = CodeHifiganShape.EDGE_TAPS;
    convolution("conv_pre", shape.channels(), shape.inputWidth(), edge);
    for (int i = 0; i < shape.rates().size(); i++) {
      int width = shape.channels(i);
      file.requireNormed("ups." + i, 0, shape.channels(i - 1), width, shape.kernels().get(i));
      file.requireFloats("ups." + i + ".bias", width);
      for (int j = 0; j < shape.blocks().size(); j++) {
        block("resblocks." + (i * shape.blocks().size() + j), shape.blocks().get(j), width);
      }
    }
    convolution("conv_post", 1, shape.channels(shape.rates().size() - 1), edge);
    if (shape.durationWidth() > 0) {
      durations(shape.durationWidth());
    }
  }

  private void table(String name, int rows) {
    if (rows == 0) {
      return;
    }
    if (file.has(name + ".bias")) {
      throw new InputException(
          file.path()
              + ": "
              + name
              + ".bias (expected: a table of embeddings, one a voice, or embedder_params in config.json)");
    }
    file.requireFloats(name + ".weight", rows, shape.embeddingWidth());
  }

  private void block(String name, Block block, int width) {
    for (int k = 0; k < block.dilations().size(); k++) {
      convolution(name + ".convs1." + k, width, width, block.taps());
      convolution(name + ".convs2." + k, width, width, block.taps());
    }
  }

  private void convolution(String name, long... expected) {
    file.requireNormed(name, 0, expected);
    file.requireFloats(name + ".bias", expected[0]);
  }

  private void durations(int width) {
    file.requireLayer("dur_predictor.conv1.0", width, shape.embeddingWidth(), 3);
    file.requireLayer("dur_predictor.conv2.0", width, width, 3);
    file.requireLayer("dur_predictor.proj", 1, width);
    file.requireLayer("dur_predictor.ln1", width);
    file.requireLayer("dur_predictor.ln2", width);
  }
}
