// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws an engine's steps over time as SVG: a row for each session, a bar for each step it took part in,
 * below them how many rows each pass of the language model had.
 *
 * <p>{@code java docs/benchmarks/Batches.java TRACE.json [FROM_SECONDS [SECONDS]] > batches.svg}, where
 * TRACE.json comes from {@code ./continuo serve --trace TRACE.json} and FROM_SECONDS counts from its first
 * step.
 */
public final class Batches {
  private static final Map<String, String> COLOURS =
      Map.of("tokenize", "#4e79a7", "prefill", "#f28e2b", "decode", "#59a14f", "vocode", "#b07aa1");
  private static final Pattern STEP =
      Pattern.compile("\"name\":\"(\\w+)\".*\"ts\":(-?\\d+),\"dur\":(\\d+).*\"sessions\":\\[(.*)]}}");
  private static final int LEFT = 90;
  private static final int WIDTH = 1100;
  private static final int ROW = 20;
  private static final int BATCH = 90;

  private record Step(String stage, double start, double seconds, List<String> sessions) {}

  private Batches() {}

  public static void main(String[] args) throws IOException {
    List<Step> all = read(Path.of(args[0]));
    double from = args.length > 1 ? Double.parseDouble(args[1]) : 0;
    double seconds = args.length > 2 ? Double.parseDouble(args[2]) : 2;
    List<Step> shown =
        all.stream().filter(s -> s.start >= from && s.start < from + seconds).toList();
    draw(shown, from, seconds, new PrintStream(System.out, true, StandardCharsets.UTF_8));
  }

  /** Steps of sessions, by their seconds since the first one. */
  private static List<Step> read(Path file) throws IOException {
    List<Step> steps = new ArrayList<>();
    double zero = Double.NaN;
    for (String line : Files.readAllLines(file)) {
      Matcher m = STEP.matcher(line);
      if (!m.find() || m.group(4).contains("warm-up")) {
        continue;
      }
      double start = Long.parseLong(m.group(2)) / 1e6;
      zero = Double.isNaN(zero) ? start : zero;
      List<String> sessions = List.of(m.group(4).replace("\"", "").split(","));
      steps.add(new Step(m.group(1), start - zero, Long.parseLong(m.group(3)) / 1e6, sessions));
    }
    return steps;
  }

  private static void draw(List<Step> steps, double from, double seconds, PrintStream out) {
    Map<String, Integer> rows = new LinkedHashMap<>();
    steps.forEach(step -> step.sessions.forEach(s -> rows.putIfAbsent(s, rows.size())));
    int most = steps.stream().mapToInt(step -> step.sessions.size()).max().orElse(1);
    int top = 30 + ROW * rows.size();
    out.printf(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\""
            + " fill=\"white\"/>%n",
        LEFT + WIDTH + 10, top + BATCH + 40);
    legend(out);
    rows.forEach((name, row) -> text(out, 4, 40 + ROW * row, "session " + (row + 1)));
    text(out, 4, top + BATCH / 2, "rows of a pass");
    text(out, LEFT - 20, top + 14, String.valueOf(most));
    for (Step step : steps) {
      double x = LEFT + (step.start - from) / seconds * WIDTH;
      double width = Math.max(0.6, step.seconds / seconds * WIDTH);
      String colour = COLOURS.getOrDefault(step.stage, "#999999");
      for (String session : step.sessions) {
        bar(out, x, 28 + ROW * rows.get(session), width, ROW - 5, colour);
      }
      if (step.stage.equals("decode") || step.stage.equals("prefill")) {
        double height = (double) (BATCH - 10) * step.sessions.size() / most;
        bar(out, x, top + BATCH - height, width, height, colour);
      }
    }
    for (int i = 0; i <= 10; i++) {
      text(
          out,
          LEFT + WIDTH * i / 10 - 10,
          top + BATCH + 16,
          String.format("%.1f s", seconds * i / 10));
    }
    out.println("</svg>");
  }

  private static void legend(PrintStream out) {
    int x = LEFT;
    for (String stage : List.of("tokenize", "prefill", "decode", "vocode")) {
      bar(out, x, 6, 12, 12, COLOURS.get(stage));
      text(out, x + 16, 16, stage);
      x += 90;
    }
  }

  private static void bar(PrintStream out, double x, double y, double w, double h, String colour) {
    out.printf(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
        x, y, w, h, colour);
  }

  private static void text(PrintStream out, double x, double y, String words) {
    out.printf("<text x=\"%.0f\" y=\"%.0f\">%s</text>%n", x, y, words);
  }
}
