package io.txhost.benchmarks;

import io.txhost.benchmarks.Case.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The times beside the peer's, as bars on a logarithmic scale: to the left of 1 we are faster. A
 * mark is the goal. The layout depends on the cases alone.
 */
final class Chart {
  private static final int LEFT = 330;
  private static final int WIDTH = 560;
  private static final int ROW = 26;
  private static final int TOP = 50;
  private static final double LEAST = 0.01;
  private static final double MOST = 100;

  private final List<Timing> timings;

  Chart(List<Timing> timings) {
    this.timings = timings;
  }

  String svg() {
    List<String> lines = new ArrayList<>();
    int height = TOP + Case.values().length * ROW + 20;
    lines.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">"
            .formatted(LEFT + WIDTH + 60, height));
    lines.add("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
    lines.add(
        "<text x=\"10\" y=\"20\" font-size=\"14\">Time beside the peer's, Java 25: dark scoped"
            + " value, light thread-local, red line the goal</text>");
    for (double tick = LEAST; tick <= MOST * 1.01; tick *= 10) {
      lines.add(
          line(x(tick), TOP - 8, x(tick), height - 20, tick > 0.9 && tick < 1.1 ? "#000" : "#ccc"));
      lines.add(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>"
              .formatted(x(tick), TOP - 12, Report.number(tick)));
    }
    for (Case what : Case.values()) {
      row(what, TOP + what.ordinal() * ROW, lines);
    }
    lines.add("</svg>");
    return String.join("\n", lines) + "\n";
  }

  private void row(Case what, int y, List<String> lines) {
    lines.add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
            .formatted(LEFT - 10, y + 15, what.title));
    bar(what, Report.SCOPED, y + 2, "#1f4e79", lines);
    bar(what, Report.THREAD_LOCAL, y + 12, "#9dc3e6", lines);
    Double goal = what.goal(false);
    if (goal != null) {
      lines.add(line(x(goal), y, x(goal), y + ROW - 4, "#c00"));
    }
  }

  private void bar(Case what, Jvm jvm, int y, String colour, List<String> lines) {
    Timing ours = Timing.find(timings, jvm, Scenarios.name(what.work(), Peer.TXHOST));
    Timing own = Timing.find(timings, jvm, Scenarios.name(what, what.over));
    Timing peer =
        own != null ? own : Timing.find(timings, Report.SCOPED, Scenarios.name(what, what.over));
    if (ours != null && peer != null) {
      int from = x(1);
      int to = x(ours.over(peer));
      lines.add(
          "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"9\" fill=\"%s\"/>"
              .formatted(Math.min(from, to), y, Math.abs(to - from) + 1, colour));
    }
  }

  private static int x(double ratio) {
    double within = Math.max(LEAST, Math.min(MOST, ratio));
    return LEFT + (int) Math.round(WIDTH * Math.log(within / LEAST) / Math.log(MOST / LEAST));
  }

  private static String line(int x1, int y1, int x2, int y2, String colour) {
    return String.format(
        Locale.ROOT,
        "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\"/>",
        x1,
        y1,
        x2,
        y2,
        colour);
  }
}
