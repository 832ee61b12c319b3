package io.txhost.examples.todo.waterfall;

import io.txhost.examples.todo.waterfall.Bar.Kind;
import io.txhost.examples.todo.waterfall.Event.Lane;
import io.txhost.examples.todo.waterfall.Waterfall.Row;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws the bars of a request: as wide as there is room, a band for each thread, a row for each
 * bar. Colours and fonts are in {@code waterfall.css}.
 */
final class Drawing {
  private static final int DEEPEST = 8;

  /** Both in percent of the width. */
  private record Box(double x, double width) {
    /** The narrowest that is still seen. */
    static final double LEAST = 0.4;

    static final Box ALL = new Box(0, 100);

    Box inside(long from, long to, long whole) {
      double wanted = Math.max(LEAST, 100.0 * (to - from) / whole);
      double narrowed = Math.min(wanted, width);
      double begin = Math.max(x, Math.min(100.0 * from / whole, x + width - narrowed));
      return new Box(begin, narrowed);
    }
  }

  /** Heights in pixels. */
  private record Measures(int top, int thread, int label, int bar, int gap, int mostRows) {
    static final Measures SMALL = new Measures(0, 0, 0, 5, 3, 24);
    static final Measures LARGE = new Measures(24, 24, 19, 9, 8, Integer.MAX_VALUE);

    int row() {
      return label + bar + gap;
    }
  }

  private final Waterfall waterfall;
  private final Measures measures;
  private final IdentityHashMap<Bar, Box> boxes = new IdentityHashMap<>();
  private final Svg svg = new Svg();
  private int y;

  private Drawing(Waterfall waterfall, Measures measures) {
    this.waterfall = waterfall;
    this.measures = measures;
    place(waterfall.request(), Box.ALL);
  }

  /** Without words in it: one image, which a link may have for its content. */
  static String small(Waterfall waterfall) {
    return new Drawing(waterfall, Measures.SMALL).drawn("img");
  }

  /** Each bar is a link to its line in the table below, {@code #bar-0} and so on. */
  static String large(Waterfall waterfall) {
    return new Drawing(waterfall, Measures.LARGE).drawn("group");
  }

  private void place(Bar bar, Box around) {
    Box box = around.inside(bar.from(), bar.to(), Math.max(1, waterfall.request().took()));
    boxes.put(bar, box);
    bar.parts().forEach(part -> place(part, box));
  }

  private String drawn(String role) {
    String name = "request-" + waterfall.number();
    svg.open(
        "svg",
        "class",
        "waterfall",
        "role",
        role,
        "aria-labelledby",
        name + "-title " + name + "-desc",
        "width",
        "100%",
        "height",
        Integer.toString(height()));
    svg.text("title", waterfall.request().label(), "id", name + "-title");
    svg.text("desc", Words.description(waterfall), "id", name + "-desc");
    if (isLarge()) {
      drawAxis();
    }
    drawLanes();
    return svg.close().toString();
  }

  private boolean isLarge() {
    return measures.label() > 0;
  }

  private int rows() {
    return Math.min(waterfall.bars().size(), measures.mostRows());
  }

  private int height() {
    int lanes = waterfall.lanes().size();
    return measures.top() + lanes * (measures.thread() + measures.gap()) + rows() * measures.row();
  }

  /** What time it is at the begin, in the middle and at the end. */
  private void drawAxis() {
    drawTime(0, "start");
    drawTime(50, "middle");
    drawTime(100, "end");
  }

  private void drawTime(int percent, String anchor) {
    svg.text(
        "text",
        Words.time(waterfall.request().took() * percent / 100),
        "class",
        "time",
        "x",
        percent(percent),
        "y",
        "15",
        "text-anchor",
        anchor);
  }

  /** Lines at the quarters, behind the bars. */
  private void drawQuarters(int height) {
    for (int quarter = 1; quarter < 4; quarter++) {
      String x = percent(25.0 * quarter);
      String below = Integer.toString(y + height);
      svg.empty(
          "line", "class", "quarter", "x1", x, "x2", x, "y1", Integer.toString(y), "y2", below);
    }
  }

  private void drawLanes() {
    y = measures.top();
    int left = measures.mostRows();
    int number = 0;
    for (Map.Entry<Lane, List<Row>> lane : waterfall.lanes().entrySet()) {
      List<Row> rows = lane.getValue().subList(0, Math.min(left, lane.getValue().size()));
      drawLane(lane.getKey(), rows, number);
      left -= rows.size();
      number += lane.getValue().size();
    }
  }

  private void drawLane(Lane thread, List<Row> rows, int first) {
    int height = measures.thread() + rows.size() * measures.row() + measures.gap() / 2;
    svg.open("g", "class", "lane");
    svg.empty(
        "rect",
        "class",
        "band",
        "x",
        "0",
        "y",
        Integer.toString(y),
        "width",
        "100%",
        "height",
        Integer.toString(height));
    if (isLarge()) {
      drawQuarters(height);
      svg.text(
          "text",
          "thread " + thread.name(),
          "class",
          "thread",
          "x",
          "6",
          "y",
          Integer.toString(y + 17));
    }
    y += measures.thread() + measures.gap() / 2;
    for (int i = 0; i < rows.size(); i++) {
      drawRow(rows.get(i), first + i);
    }
    y += measures.gap() - measures.gap() / 2;
    svg.close();
  }

  private void drawRow(Row row, int number) {
    if (isLarge()) {
      svg.open("a", "class", "row", "href", "#bar-" + number);
      svg.text("title", Words.sentence(row.bar()));
      drawLabel(row);
      drawBar(row.bar());
      svg.close();
    } else {
      drawBar(row.bar());
    }
    y += measures.row();
  }

  /** HTML, since SVG's own text does not end in an ellipsis where there is no more room. */
  private void drawLabel(Row row) {
    svg.empty(
        "rect",
        "class",
        "focus",
        "x",
        "1",
        "y",
        Integer.toString(y),
        "width",
        "100%",
        "height",
        Integer.toString(measures.row() - 2));
    svg.open(
        "foreignObject",
        "x",
        "0",
        "y",
        Integer.toString(y),
        "width",
        "100%",
        "height",
        Integer.toString(measures.label()));
    svg.open("div", "class", "label depth-" + Math.min(row.depth(), DEEPEST));
    String code = row.bar().kind() == Kind.STATEMENT ? "what sql" : "what";
    svg.text("bdi", Words.shortly(row.bar()), "class", code);
    drawOutcome(row.bar());
    svg.text("span", Words.time(row.bar().took()), "class", "took");
    svg.close().close();
  }

  private void drawOutcome(Bar bar) {
    String style = Words.styled(bar.outcome());
    svg.text("span", Words.how(bar), "class", "outcome " + style);
    svg.text("span", bar.note(), "class", "why " + style);
  }

  private void drawBar(Bar bar) {
    Box box = boxes.getOrDefault(bar, Box.ALL);
    svg.empty(
        "rect",
        "class",
        "bar " + Words.styled(bar.kind()) + " " + Words.styled(bar.outcome()),
        "x",
        percent(box.x()),
        "y",
        Integer.toString(y + measures.label()),
        "width",
        percent(box.width()),
        "height",
        Integer.toString(measures.bar()),
        "rx",
        "2");
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.3f%%", value);
  }
}
