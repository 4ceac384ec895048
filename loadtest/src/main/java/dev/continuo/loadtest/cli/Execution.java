// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import dev.continuo.cli.Terminal;
import dev.continuo.loadtest.drive.Driver;
import dev.continuo.loadtest.drive.RunSettings;
import dev.continuo.loadtest.drive.ServerGoneException;
import dev.continuo.loadtest.drive.Transport;
import dev.continuo.loadtest.measure.DriverHealth;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.loadtest.measure.Second;
import dev.continuo.loadtest.measure.SessionRecord;
import dev.continuo.loadtest.plan.Workload;
import dev.continuo.loadtest.report.ReportFolder;
import dev.continuo.loadtest.report.RunResult;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.GetServerInfoResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.node.ObjectNode;

/**
 * One run with a person before it: watched, interrupted, written down as it goes.
 *
 * <p><i>Confined to the main thread.</i>
 */
final class Execution implements Driver.Observer {
  private final CommandLine command;
  private final Terminal terminal;
  private final Transport transport;
  private final RunSettings settings;
  private final Workload workload;
  private final @Nullable ReportFolder folder;
  private final Measures measures = new Measures();
  private final LiveView view;

  /**
   * What came of it. <i>Immutable.</i>
   *
   * @param result the run
   * @param gone why the server is thought to be gone; empty if it is not
   */
  record Finished(RunResult result, String gone) {}

  Execution(
      CommandLine command,
      Terminal terminal,
      Transport transport,
      RunSettings settings,
      Workload workload,
      @Nullable ReportFolder folder) {
    this.command = command;
    this.terminal = terminal;
    this.transport = transport;
    this.settings = settings;
    this.workload = workload;
    this.folder = folder;
    this.view = new LiveView(terminal, settings, measures);
  }

  /**
   * Runs it.
   *
   * @param told the settings, as the report has them
   * @throws ParameterException if the server does not have the bundle
   */
  Finished run(Instant startedAt, ObjectNode told) throws InterruptedException {
    long startNanos = System.nanoTime();
    try (DriverHealth health = new DriverHealth()) {
      GetServerInfoResponse server = null;
      Driver.End end = Driver.End.SERVER_GONE;
      String gone = "";
      try {
        server = transport.serverInfo();
        checkBundle(server);
        Driver driver = new Driver(settings, workload, transport, measures, this);
        Signals.onFirst(driver::interrupt);
        end = driver.run(health);
        gone = driver.gone();
      } catch (ServerGoneException e) {
        gone = String.valueOf(e.getMessage());
      } finally {
        view.clear();
      }
      long tookNanos = System.nanoTime() - startNanos;
      RunResult result =
          new RunResult(startedAt, tookNanos, end, told, server, measures, health.summary());
      return new Finished(result, gone);
    }
  }

  private void checkBundle(GetServerInfoResponse server) {
    List<String> names = server.getBundlesList().stream().map(BundleInfo::getName).toList();
    if (settings.bundle() != null && !names.contains(settings.bundle())) {
      throw new ParameterException(
          command,
          "--bundle: "
              + settings.bundle()
              + " (expected: one that the server has: "
              + String.join(", ", names)
              + ")");
    }
  }

  @Override
  public void session(SessionRecord session) {
    if (folder != null) {
      try {
        folder.add(session);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void second(Second second) {
    if (folder != null) {
      folder.add(second);
    }
    if (terminal.interactive()) {
      view.show(second);
    }
  }
}
