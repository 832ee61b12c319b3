package io.txhost.examples.todo.waterfall;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What the templates show, as text. */
@Component
public final class Pictures {
  private final Recordings recordings;

  Pictures(Recordings recordings) {
    this.recordings = recordings;
  }

  /**
   * A request in a list.
   *
   * @param number by which its page is found
   * @param style of the outcome
   * @param svg has no text that is not escaped
   */
  public record Picture(
      long number, String request, String outcome, String style, String summary, String svg) {}

  /** A request on its page. */
  public record Page(Picture picture, String context, int left, List<Line> lines) {}

  /**
   * A bar in words.
   *
   * @param depth how many bars are around it on the same thread
   */
  public record Line(
      String what,
      boolean isSql,
      int depth,
      String outcome,
      String style,
      String thread,
      String from,
      String took) {}

  /** The newest first. */
  public List<Picture> last(int most) {
    return recordings.last(most).stream()
        .map(waterfall -> picture(waterfall, Drawing.small(waterfall)))
        .toList();
  }

  Optional<Page> find(long number) {
    return recordings.find(number).map(Pictures::page);
  }

  private static Page page(Waterfall waterfall) {
    List<Line> lines = new ArrayList<>();
    waterfall.lanes().values().forEach(rows -> rows.forEach(row -> lines.add(line(row))));
    return new Page(
        picture(waterfall, Drawing.large(waterfall)),
        Visible.of(waterfall.context()),
        waterfall.left(),
        lines);
  }

  private static Picture picture(Waterfall waterfall, String svg) {
    Bar request = waterfall.request();
    return new Picture(
        waterfall.number(),
        Visible.of(request.label()),
        Visible.of(Words.outcome(request)),
        Words.styled(request.outcome()),
        Visible.of(Words.summary(waterfall)),
        svg);
  }

  private static Line line(Waterfall.Row row) {
    Bar bar = row.bar();
    return new Line(
        Visible.of(Words.what(bar)),
        bar.kind() == Bar.Kind.STATEMENT,
        row.depth(),
        Visible.of(Words.outcome(bar)),
        Words.styled(bar.outcome()),
        Visible.of(bar.thread().name()),
        Words.time(bar.from()),
        Words.time(bar.took()));
  }
}
