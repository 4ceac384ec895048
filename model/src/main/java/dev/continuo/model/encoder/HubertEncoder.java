// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.StreamingPolicy;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.file.Path;

/**
 * HuBERT with k-means, the tokenizer of TWIST and its relatives: base, large and mHuBERT.
 *
 * <p>A unit depends on all of the recording. {@link #open()} gives units at the end only, exactly;
 * a {@link StreamingPolicy} gives them while audio arrives. A recording is encoded by itself,
 * whatever else is. <i>Thread-safe: immutable weights.</i>
 */
public final class HubertEncoder implements SpeechEncoder {
  private final HubertNetwork network;

  private HubertEncoder(HubertNetwork network) {
    this.network = network;
  }

  /**
   * Loads an encoder.
   *
   * @param config transformers' {@code config.json}; {@code preprocessor_config.json} beside it
   *     says whether recordings are normalised, {@code calibration.wav} is the recording that
   *     calibrated statistics come from
   * @param weights named as transformers or fairseq name them
   * @param kmeans centroids, (units, width)
   * @param layer output layer: number of blocks to run, from 1
   * @throws InputException if a file is missing, damaged or of another shape, or there is no such
   *     layer
   */
  public static HubertEncoder load(
      ConfigFile config, Path weights, Path kmeans, int layer, ModelOptions options) {
    HubertShape shape = shape(config, layer);
    Checkpoint file = Checkpoint.open(weights);
    Calibration calibration = new Calibration(config.file().resolveSibling("calibration.wav"));
    return new HubertEncoder(HubertNetwork.load(shape, file, kmeans, layer, options, calibration));
  }

  /**
   * Checks that a configuration is understood, that the weights have every tensor that the layer
   * needs and that the centroids fit. Nothing is read of the weights, and torch need not run.
   *
   * @throws InputException as {@link #load}
   */
  public static void check(ConfigFile config, Path weights, Path kmeans, int layer) {
    HubertNetwork.check(shape(config, layer), Checkpoint.open(weights), kmeans, layer);
  }

  private static HubertShape shape(ConfigFile config, int layer) {
    HubertShape shape = HubertShape.read(config);
    if (layer < 1 || layer > shape.layers()) {
      throw new InputException(
          "--layer: %d (expected: 1 to %d, as num_hidden_layers in %s)"
              .formatted(layer, shape.layers(), config.file()));
    }
    return shape;
  }

  @Override
  public int sampleRateHz() {
    return HubertShape.SAMPLE_RATE_HZ;
  }

  @Override
  public int unitCount() {
    return network.unitCount();
  }

  @Override
  public double unitRateHz() {
    return (double) HubertShape.SAMPLE_RATE_HZ / network.shape().hop();
  }

  @Override
  public int minimumSamples() {
    return network.shape().receptiveField();
  }

  @Override
  public boolean takesPolicy() {
    return true;
  }

  @Override
  public Stream open() {
    return new HubertStream(network);
  }

  @Override
  public Stream open(StreamingPolicy policy) {
    return new HubertStream(network, HubertSteps.of(policy, network.shape()));
  }

  HubertNetwork network() {
    return network;
  }

  @Override
  public void close() {
    network.close();
  }
}
