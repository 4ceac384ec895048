// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.cli.BundleNetworks;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.engine.Engine;
import dev.continuo.server.engine.ModelBundle;
import dev.continuo.server.session.Bundles;
import dev.continuo.server.session.EchoBundle;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.server.session.VoiceBundle;
import dev.continuo.v1.BundleInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bundles that a server speaks with, the engine that runs them, and room for its sessions.
 *
 * <p><i>Serialised by the caller; closed after the server.</i>
 */
final class Models implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Models.class);
  private static final int ECHO_SESSIONS = 1_000;
  private static final int SESSIONS = 16;

  private final Engine engine = new Engine();
  private final List<AutoCloseable> networks = new ArrayList<>();
  private final Bundles bundles;
  private final ServerLimits limits;
  private final Seats seats;

  private Models(ServeOptions options, Path home, Ticker ticker) {
    boolean echoes = options.bundles().equals(List.of(EchoBundle.NAME));
    Integer given = options.maxSessions();
    int count = given != null ? given : echoes ? ECHO_SESSIONS : SESSIONS;
    this.limits = options.limits(count);
    this.seats = new Seats(count);
    ModelOptions how = options.model();
    BundleNetworks source = new BundleNetworks(home);
    BundleOverrides overrides = options.overrides(); // those of the first bundle
    List<VoiceBundle> loaded = new ArrayList<>();
    try {
      for (String reference : options.bundles()) {
        loaded.add(
            reference.equals(EchoBundle.NAME)
                ? new EchoBundle(ticker, seats)
                : load(source.bundle(reference, overrides), source, how, ticker));
        overrides = BundleOverrides.none();
      }
      this.bundles = new Bundles(loaded);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Loads what the options name, and lets it speak once.
   *
   * @throws InputException if a bundle cannot be used
   * @throws IllegalArgumentException if a limit is out of range
   * @throws InterruptedException if interrupted
   */
  static Models load(ServeOptions options, Path home, Ticker ticker) throws InterruptedException {
    Models models = new Models(options, home, ticker);
    try {
      models.engine.start();
      for (VoiceBundle bundle : models.bundles.all()) {
        if (bundle instanceof ModelBundle model) {
          model.warmUp();
        }
      }
      return models;
    } catch (RuntimeException | InterruptedException e) {
      models.close();
      throw e;
    }
  }

  Bundles bundles() {
    return bundles;
  }

  ServerLimits limits() {
    return limits;
  }

  Seats seats() {
    return seats;
  }

  private ModelBundle load(Bundle bundle, BundleNetworks source, ModelOptions how, Ticker ticker) {
    Networks parts =
        new Networks(
            closed(source.encoder(bundle, how)),
            closed(source.languageModel(bundle, how)),
            closed(source.vocoder(bundle, how)));
    return new ModelBundle(info(bundle, parts, how), parts, engine, seats, ticker);
  }

  private <T extends AutoCloseable> T closed(T network) {
    networks.add(network);
    return network;
  }

  private static BundleInfo info(Bundle bundle, Networks parts, ModelOptions how) {
    return BundleInfo.newBuilder()
        .setName(bundle.name())
        .setFingerprint(bundle.fingerprint())
        .setUnitRateHertz(bundle.unitRateHz())
        .setUnitCount(bundle.unitCount())
        .setInputSampleRateHertz(bundle.encoderSampleRateHz())
        .setOutputSampleRateHertz(bundle.vocoderSampleRateHz())
        .setPrecision(how.precision().name().toLowerCase(Locale.ROOT))
        .setDevice(how.device())
        .setMaxPositions(parts.languageModel().maxPositions())
        .build();
  }

  /** Ends the engine, then frees the networks. Idempotent. */
  @Override
  public void close() {
    engine.close();
    for (AutoCloseable network : networks) {
      try {
        network.close();
      } catch (Exception e) {
        LOG.error("a network could not be freed", e);
      }
    }
    networks.clear();
  }
}
