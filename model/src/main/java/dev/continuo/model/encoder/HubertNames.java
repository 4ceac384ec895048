// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.checkpoint.Checkpoint;

/**
 * What a HuBERT's layers are called: in transformers (modeling_hubert.py) or in fairseq
 * (models/hubert/hubert.py, models/wav2vec/wav2vec2.py).
 *
 * <p><i>Immutable.</i>
 *
 * @param fairseq whether in fairseq
 * @param layerNorms whether a norm over channels follows each convolution
 * @param posBatchNorm whether a batch norm precedes the positional convolution
 */
record HubertNames(boolean fairseq, boolean layerNorms, boolean posBatchNorm) {

  static HubertNames of(Checkpoint file, HubertShape shape) {
    boolean fairseq = file.has("post_extract_proj.weight");
    return new HubertNames(fairseq, shape.layerNorms(), shape.posBatchNorm());
  }

  String convolution(int i) {
    return "feature_extractor.conv_layers." + i + (fairseq ? ".0" : ".conv");
  }

  String convolutionNorm(int i) {
    String name = fairseq ? layerNorms ? ".2.1" : ".2" : ".layer_norm";
    return "feature_extractor.conv_layers." + i + name;
  }

  String projectionNorm() {
    return fairseq ? "layer_norm" : "feature_projection.layer_norm";
  }

  String projection() {
    return fairseq ? "post_extract_proj" : "feature_projection.projection";
  }

  String positionalNorm() {
    return fairseq ? "encoder.pos_conv.0" : "encoder.pos_conv_embed.batch_norm";
  }

  String positional() {
    if (fairseq) {
      return posBatchNorm ? "encoder.pos_conv.1" : "encoder.pos_conv.0";
    }
    return "encoder.pos_conv_embed.conv";
  }

  String encoderNorm() {
    return "encoder.layer_norm";
  }

  /** One of a block's q, k, v and out projections. */
  String attention(int block, String part) {
    return block(block) + (fairseq ? "self_attn." : "attention.") + part + "_proj";
  }

  String attentionNorm(int block) {
    return block(block) + (fairseq ? "self_attn_layer_norm" : "layer_norm");
  }

  String inner(int block) {
    return block(block) + (fairseq ? "fc1" : "feed_forward.intermediate_dense");
  }

  String outer(int block) {
    return block(block) + (fairseq ? "fc2" : "feed_forward.output_dense");
  }

  String blockNorm(int block) {
    return block(block) + "final_layer_norm";
  }

  private static String block(int block) {
    return "encoder.layers." + block + ".";
  }
}
