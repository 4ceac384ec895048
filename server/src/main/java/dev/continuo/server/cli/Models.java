// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.cli.BundleNetworks;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.engine.Engine;
import dev.continuo.server.engine.EngineObserver;
import dev.continuo.server.engine.ModelBundle;
import dev.continuo.server.metrics.Metrics;
import dev.continuo.server.session.Bundles;
import dev.continuo.server.session.EchoBundle;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.server.session.VoiceBundle;
import dev.continuo.v1.BundleInfo;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
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
  private static final double MIB = 1 << 20;

  /** Positions of a block of the KV cache. */
  private static final int BLOCK_POSITIONS = 64;

  private final Engine engine;
  private final boolean byLane;
  private final Deque<AutoCloseable> networks = new ArrayDeque<>(); // last first
  private final Bundles bundles;
  private final ServerLimits limits;
  private final Seats seats;
  private final Map<String, UnitLanguageModel.Rows> contexts = new LinkedHashMap<>(); // by bundle

  private Models(ServeOptions options, Path home, Ticker ticker, EngineObserver observer)
      throws InterruptedException {
    this.engine = new Engine(observer, ticker);
    ModelOptions how = options.model();
    this.byLane = options.byLane();
    BundleNetworks source = new BundleNetworks(home);
    BundleOverrides overrides = options.overrides(); // those of the first bundle
    Map<String, Loaded> loaded = new LinkedHashMap<>();
    try {
      for (String reference : options.bundles()) {
        if (!reference.equals(EchoBundle.NAME)) {
          boolean first = loaded.isEmpty();
          Bundle bundle = source.bundle(reference, overrides);
          source.check(bundle);
          loaded.put(reference, networks(source, bundle, how, first ? options : null));
        }
        overrides = BundleOverrides.none();
      }
      this.seats =
          new Seats(sessions(options, loaded.values()), options.limits().maxWaiting(), ticker);
      this.limits = options.limits().of(seats.count());
      List<VoiceBundle> voices = new ArrayList<>();
      for (String reference : options.bundles()) {
        Loaded one = loaded.get(reference);
        voices.add(one == null ? new EchoBundle(ticker) : voices(one, ticker));
      }
      this.bundles = new Bundles(voices);
    } catch (RuntimeException | InterruptedException e) {
      close();
      throw e;
    }
  }

  private record Loaded(BundleInfo info, Networks networks) {}

  /** As many as asked for, or as there is memory for. */
  private static int sessions(ServeOptions options, Collection<Loaded> loaded) {
    LimitOptions limits = options.limits();
    Integer given = limits.maxSessions();
    if (given != null) {
      return given;
    }
    ServerLimits one = limits.of(1);
    long bytes = 0;
    for (Loaded bundle : loaded) {
      int positions = ModelBundle.positions(bundle.networks(), one);
      bytes += bundle.networks().languageModel().cacheBytes(1, positions);
    }
    long count = bytes == 0 ? ECHO_SESSIONS : limits.kvBytes(bytes) / bytes;
    if (count < 1) {
      throw new IllegalArgumentException(
          "--kv-memory-mb: less than one session's %.1f MiB (expected: that or more)"
              .formatted(bytes / MIB));
    }
    return (int) Math.min(count, ECHO_SESSIONS);
  }

  /**
   * Loads what the options name, and lets it speak once.
   *
   * @param observer is told what the engine does
   * @throws InputException if a bundle cannot be used
   * @throws IllegalArgumentException if a limit is out of range
   * @throws InterruptedException if interrupted
   */
  static Models load(ServeOptions options, Path home, Ticker ticker, EngineObserver observer)
      throws InterruptedException {
    Models models = new Models(options, home, ticker, observer);
    try {
      models.engine.start(models.byLane);
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

  /** Lets metrics show what there is. */
  void show(Metrics metrics) {
    metrics.seats(seats);
    bundles.all().forEach(bundle -> metrics.bundle(bundle.info().getName()));
    contexts.forEach(
        (bundle, rows) ->
            metrics.contexts(
                bundle, (rows.positions() + BLOCK_POSITIONS - 1) / BLOCK_POSITIONS, rows.rows()));
  }

  /** Loads a bundle's networks; {@code running} says how they run, where it is about them. */
  private Loaded networks(
      BundleNetworks source, Bundle bundle, ModelOptions how, @Nullable ServeOptions running)
      throws InterruptedException {
    // the language model takes longest by far: the others load beside it
    FutureTask<UnitLanguageModel> lm =
        new FutureTask<>(() -> closed(source.languageModel(bundle, how)));
    Thread loader = new Thread(lm, "loader");
    loader.start();
    SpeechEncoder encoder;
    UnitVocoder vocoder;
    try {
      encoder = closed(source.encoder(bundle, how));
      vocoder = closed(source.vocoder(bundle, how));
    } finally {
      loader.join(); // whatever happened: what it loads is closed with the rest
    }
    UnitLanguageModel model = loaded(lm);
    Networks parts =
        running == null
            ? new Networks(encoder, model, vocoder)
            : running.networks(encoder, model, vocoder);
    return new Loaded(info(bundle, parts, how), parts);
  }

  private static UnitLanguageModel loaded(FutureTask<UnitLanguageModel> lm)
      throws InterruptedException {
    try {
      return lm.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException fault ? fault : new IllegalStateException(e);
    }
  }

  private ModelBundle voices(Loaded one, Ticker ticker) {
    UnitLanguageModel lm = one.networks().languageModel();
    int positions = ModelBundle.positions(one.networks(), limits);
    UnitLanguageModel.Rows rows = closed(lm.allocate(seats.count(), positions));
    contexts.put(one.info().getName(), rows);
    LOG.info(
        "{}: {} sessions of {} positions, {} MiB of context",
        one.info().getName(),
        rows.rows(),
        positions,
        Math.round(rows.bytes() / MIB));
    return new ModelBundle(one.info(), one.networks(), rows, engine, seats, ticker);
  }

  private synchronized <T extends AutoCloseable> T closed(T network) {
    networks.push(network);
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
