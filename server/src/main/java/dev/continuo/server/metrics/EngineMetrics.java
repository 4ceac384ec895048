// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.metrics;

import dev.continuo.model.pipeline.Stage;
import dev.continuo.server.engine.EngineObserver;
import dev.continuo.server.engine.ModelBundle;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Measures the engine's steps, by stage and bundle. <i>Thread-safe.</i> */
final class EngineMetrics implements EngineObserver {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final List<Stage> STAGES =
      List.of(Stage.TOKENIZE, Stage.PREFILL, Stage.DECODE, Stage.VOCODE);
  private static final double[] STEP_SECONDS = {
    0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 1
  };
  private static final double[] SLACK_SECONDS = {
    0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5
  };
  private static final double[] BATCHES = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256};

  private record OfStage(
      Timer duration, DistributionSummary batch, Counter missed, DistributionSummary slack) {}

  private record OfBundle(Map<Stage, OfStage> stages, Counter evictions, AtomicInteger evicted) {}

  private final Meters meters;
  private final Map<String, OfBundle> bundles = new ConcurrentHashMap<>();

  EngineMetrics(Meters meters) {
    this.meters = meters;
  }

  /** Lets a bundle's metrics be seen before anything has happened. */
  void show(String bundle) {
    of(bundle);
  }

  private OfBundle of(String bundle) {
    OfBundle known = bundles.get(bundle);
    return known == null ? bundles.computeIfAbsent(bundle, this::made) : known;
  }

  private OfBundle made(String bundle) {
    Map<Stage, OfStage> stages = new EnumMap<>(Stage.class);
    for (Stage stage : STAGES) {
      String[] tags = {"bundle", bundle, "stage", stage.name().toLowerCase(Locale.ROOT)};
      stages.put(
          stage,
          new OfStage(
              meters.timer("step.duration", "Time of one step of the engine", STEP_SECONDS, tags),
              meters.summary("batch.size", "", "Sessions served by one step", BATCHES, tags),
              meters.counter(
                  "deadline.miss", "Deadlines that had passed when the step was over", tags),
              meters.summary(
                  "deadline.slack",
                  "seconds",
                  "Time left to the earliest deadline when the step was over; 0 where it was missed",
                  SLACK_SECONDS,
                  tags)));
    }
    AtomicInteger evicted = new AtomicInteger();
    Gauge.builder("continuo.sessions.evicted", evicted, AtomicInteger::get)
        .description("Open sessions without a row")
        .tag("bundle", bundle)
        .register(meters.registry());
    return new OfBundle(
        stages,
        meters.counter("kv.evictions", "Idle sessions whose row was freed", "bundle", bundle),
        evicted);
  }

  @Override
  public void stepped(Step step) {
    if (step.sessions().size() == 1 && step.sessions().get(0).equals(ModelBundle.WARM_UP)) {
      return;
    }
    OfStage stage = of(step.bundle()).stages().get(step.stage());
    if (stage == null) {
      return;
    }
    stage.duration().record(step.durationNanos(), TimeUnit.NANOSECONDS);
    stage.batch().record(step.sessions().size());
    if (step.missed() > 0) {
      stage.missed().increment(step.missed());
    }
    if (step.slackNanos() != NO_DEADLINE) {
      stage.slack().record(Math.max(0, step.slackNanos()) / NANOS_PER_SECOND);
    }
  }

  @Override
  public void evicted(String bundle, String session) {
    of(bundle).evictions().increment();
    of(bundle).evicted().incrementAndGet();
  }

  @Override
  public void returned(String bundle, String session) {
    of(bundle).evicted().decrementAndGet();
  }

  /** Open sessions of a bundle that have no row. */
  int evicted(String bundle) {
    return of(bundle).evicted().get();
  }
}
