// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import dev.continuo.cli.Failures;
import dev.continuo.cli.Terminal;
import dev.continuo.loadtest.drive.Driver;
import dev.continuo.loadtest.drive.RunSettings;
import dev.continuo.loadtest.drive.ServerTransport;
import dev.continuo.loadtest.plan.Workload;
import dev.continuo.loadtest.report.ReportFolder;
import dev.continuo.loadtest.report.ReportJson;
import dev.continuo.loadtest.report.Threshold;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code loadtest run}: one load, measured. <i>Serialised by the caller.</i> */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Speaks to a server as many microphones do, and measures what listeners hear.",
      "Ctrl-C ends a run early; the report is then of what ran."
    })
final class RunCommand implements Callable<Integer> {
  /** Exit code after Ctrl-C, as shells have it. */
  private static final int INTERRUPTED = 130;

  private final Terminal terminal;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      defaultValue = "localhost:50051",
      description = "The server. Default: ${DEFAULT-VALUE}.")
  private String server = "localhost:50051";

  @Option(
      names = "--bundle",
      paramLabel = "NAME",
      description = "Bundle to speak with, as the server calls it. Default: its first.")
  private @Nullable String bundle;

  @Mixin private LoadArguments load = new LoadArguments();
  @Mixin private WorkloadArguments workloadArguments = new WorkloadArguments();

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Connections that sessions share; clients that stall or vanish have their own. Default: ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description =
          "Folder for index.html, report.json, sessions.jsonl, summary.csv and histograms.hlog. Default: none is written.")
  private @Nullable Path report;

  @Option(
      names = "--fail-on",
      paramLabel = "CONDITION",
      description = {
        "Exit code 5 if this holds: " + Threshold.SYNTAX + ". May be given several times;",
        "also fails where nothing was measured, or the run is invalid."
      })
  private List<String> failOn = new ArrayList<>();

  @Option(names = "--json", description = "Prints report.json's object instead of a table.")
  private boolean json;

  @Option(names = Failures.DEBUG, description = "Shows stack traces.")
  @SuppressWarnings("unused") // Failures reads it from the command line
  private boolean debug;

  RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Workload workload;
    RunSettings settings;
    List<Threshold> thresholds;
    try {
      checkServer();
      workload = workloadArguments.workload();
      settings = load.settings(bundle, workloadArguments.codec(), workload);
      thresholds = thresholds();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    Instant startedAt = Instant.now();
    ObjectNode told = SettingsJson.of(server, connections, settings, workload);
    try (ServerTransport transport = new ServerTransport(server, connections, workload.prompts());
        ReportFolder folder = report == null ? null : ReportFolder.create(report, startedAt)) {
      Execution execution =
          new Execution(spec.commandLine(), terminal, transport, settings, workload, folder);
      Execution.Finished finished = execution.run(startedAt, told);
      ObjectNode numbers = ReportJson.of(finished.result());
      Path page = folder == null ? null : folder.finish(finished.result(), numbers);
      if (json) {
        terminal.result(numbers.toString());
      } else {
        SummaryTable.print(terminal, numbers, page);
      }
      return code(finished, numbers, thresholds);
    }
  }

  private void checkServer() {
    if (!server.matches("(\\[[0-9a-fA-F:.]+]|[^:\\s/]+):[0-9]{1,5}")) {
      throw new IllegalArgumentException("--server: " + server + " (expected: HOST:PORT)");
    }
    int port = Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "--server: " + server + " (expected: a port from 1 to 65535)");
    }
    if (connections < 1 || connections > 1000) {
      throw new IllegalArgumentException(
          "--connections: " + connections + " (expected: 1 to 1000)");
    }
  }

  private List<Threshold> thresholds() {
    ObjectNode empty = ReportJson.empty();
    List<Threshold> parsed = new ArrayList<>();
    for (String text : failOn) {
      try {
        parsed.add(Threshold.parse(text, empty));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("--fail-on: " + e.getMessage(), e);
      }
    }
    return parsed;
  }

  private int code(Execution.Finished finished, ObjectNode numbers, List<Threshold> thresholds) {
    if (finished.result().end() == Driver.End.SERVER_GONE) {
      terminal.note("continuo: " + finished.gone());
      return Failures.SERVER;
    }
    int code = finished.result().end() == Driver.End.INTERRUPTED ? INTERRUPTED : 0;
    List<String> failures = new ArrayList<>();
    if (!thresholds.isEmpty()) {
      finished
          .result()
          .validity()
          .reasons()
          .forEach(r -> failures.add("--fail-on: invalid run: " + r));
    }
    thresholds.stream()
        .map(t -> t.failure(numbers))
        .flatMap(Optional::stream)
        .forEach(failures::add);
    failures.forEach(line -> terminal.note("continuo: " + line));
    return failures.isEmpty() || code != 0 ? code : Failures.THRESHOLD;
  }
}
