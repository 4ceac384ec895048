// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.checkpoint.Checkpoint;
import java.util.List;

/**
 * The tensors that a HuBERT takes, checked before anything is read of them.
 *
 * <p><i>Immutable.</i>
 */
record HubertTensors(HubertShape shape, HubertNames names, Checkpoint file) {

  /**
   * Checks those that the first {@code layers} blocks and what precedes them need.
   *
   * @throws dev.continuo.model.InputException if one is missing, of another shape or no floats
   */
  void check(int layers) {
    int inputs = 1;
    for (int i = 0; i < shape.kernels().size(); i++) {
      int outputs = shape.channels().get(i);
      String name = names.convolution(i);
      file.requireFloats(name + ".weight", outputs, inputs, shape.kernels().get(i));
      if (shape.convBias()) {
        file.requireFloats(name + ".bias", outputs);
      }
      if (i == 0 || shape.layerNorms()) {
        file.requireLayer(names.convolutionNorm(i), outputs);
      }
      inputs = outputs;
    }
    int width = shape.width();
    if (shape.projectNorm()) {
      file.requireLayer(names.projectionNorm(), inputs);
    }
    file.requireLayer(names.projection(), width, inputs);
    positional(width);
    file.requireLayer(names.encoderNorm(), width);
    for (int i = 0; i < layers; i++) {
      block(i, width);
    }
  }

  private void positional(int width) {
    if (shape.posBatchNorm()) {
      String norm = names.positionalNorm();
      file.requireLayer(norm, width);
      file.requireFloats(norm + ".running_mean", width);
      file.requireFloats(norm + ".running_var", width);
    }
    String name = names.positional();
    file.requireNormed(name, 2, width, width / shape.posGroups(), shape.posTaps());
    file.requireFloats(name + ".bias", width);
  }

  private void block(int i, int width) {
    for (String part : List.of("q", "k", "v", "out")) {
      file.requireLayer(names.attention(i, part), width, width);
    }
    file.requireLayer(names.inner(i), shape.inner(), width);
    file.requireLayer(names.outer(i), width, shape.inner());
    file.requireLayer(names.attentionNorm(i), width);
    file.requireLayer(names.blockNorm(i), width);
  }
}
