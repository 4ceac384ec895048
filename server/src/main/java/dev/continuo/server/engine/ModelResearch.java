// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.Sampling;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.AudioKind;
import dev.continuo.server.session.Research;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.GenerateResponse;
import dev.continuo.v1.ScoreConvention;
import dev.continuo.v1.ScoreResponse;
import dev.continuo.v1.TokenizeResponse;
import dev.continuo.v1.VocodeResponse;
import dev.continuo.wire.Reasons;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A bundle's models one by one, run by the engine. <i>Thread-safe: immutable.</i> */
final class ModelResearch implements Research {
  private static final int MAX_VOCODE_UNITS = 10_000;
  private static final int MAX_FRAMES = 1_000;

  private final BundleInfo info;
  private final Networks networks;
  private final Engine engine;
  private final Seats seats;
  private final Ticker ticker;

  ModelResearch(BundleInfo info, Networks networks, Engine engine, Seats seats, Ticker ticker) {
    this.info = info;
    this.networks = networks;
    this.engine = engine;
    this.seats = seats;
    this.ticker = ticker;
  }

  @Override
  public Feed tokenize(int rateHz, boolean raw, Results<TokenizeResponse> results) {
    TokenizeTask task =
        new TokenizeTask(
            engine, networks.encoder(), rateHz, raw, info.getName(), results, seats.take(), ticker);
    engine.add(task);
    return task;
  }

  @Override
  public void vocode(
      List<Integer> units,
      List<Integer> durations,
      AudioKind output,
      Results<VocodeResponse> results) {
    count("units", units.size(), 1, MAX_VOCODE_UNITS);
    int[] checked = units("units", units);
    if (!durations.isEmpty() && durations.size() != units.size()) {
      throw wrong("duration_frames", durations.size() + " numbers", units.size() + ", or none");
    }
    for (int i = 0; i < durations.size(); i++) {
      range("duration_frames[" + i + "]", durations.get(i), 1, MAX_FRAMES);
    }
    int[] frames = durations.stream().mapToInt(Integer::intValue).toArray();
    engine.add(
        new VocodeTask(
            networks.vocoder(),
            checked,
            frames,
            output,
            info.getName(),
            results,
            seats.take(),
            ticker));
  }

  @Override
  public void generate(
      List<Integer> units, Sampling sampling, int maxUnits, Results<GenerateResponse> results) {
    int[] all = units("units", units);
    int[] merged =
        IntStream.range(0, all.length)
            .filter(i -> i == 0 || all[i] != all[i - 1])
            .map(i -> all[i])
            .toArray();
    int most = networks.languageModel().maxPositions();
    count("units", merged.length, 1, most - 1);
    range("max_units", maxUnits, 1, most - merged.length);
    engine.add(
        new GenerateTask(
            networks.languageModel(),
            merged,
            sampling,
            maxUnits,
            info.getName(),
            results,
            seats.take(),
            ticker));
  }

  @Override
  public void score(
      List<List<Integer>> sequences, ScoreConvention convention, Results<ScoreResponse> results) {
    if (convention == ScoreConvention.UNRECOGNIZED) {
      throw wrong("convention", "not known", "TWIST, SLAMKIT or SUM");
    }
    boolean bounded = convention == ScoreConvention.SCORE_CONVENTION_SLAMKIT;
    List<int[]> checked = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      String field = "sequences[" + i + "].units";
      int[] units = units(field, sequences.get(i));
      count(field, units.length, bounded ? 1 : 2, networks.languageModel().maxPositions());
      checked.add(units);
    }
    engine.add(
        new ScoreTask(
            networks.languageModel(),
            checked,
            bounded,
            info.getName(),
            results,
            seats.take(),
            ticker));
  }

  @Override
  public void wake() {
    engine.wake();
  }

  private int[] units(String field, List<Integer> units) {
    for (int i = 0; i < units.size(); i++) {
      range(field + "[" + i + "]", units.get(i), 0, info.getUnitCount() - 1);
    }
    return units.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void count(String field, int count, int low, int high) {
    if (count < low || count > high) {
      throw wrong(field, count + " units", low + " to " + high);
    }
  }

  private static void range(String field, int value, int low, int high) {
    if (value < low || value > high) {
      throw wrong(field, Integer.toString(value), low + " to " + high);
    }
  }

  private static SessionFailure wrong(String field, String value, String expected) {
    return SessionFailure.ofField(
        Reasons.INVALID_SETTING, field, value + " (expected: " + expected + ")");
  }
}
