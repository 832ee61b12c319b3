package io.txhost.examples.todo.waterfall;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.examples.todo.waterfall.Event.Lane;
import io.txhost.examples.todo.waterfall.Event.What;
import io.txhost.examples.todo.waterfall.Recording.Ending;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** From bars to SVG: read back by an XML parser, which refuses what is not well formed. */
final class DrawingTest {
  private static final Lane MAIN = new Lane(1, "'main'");
  private final Recording recording = new Recording("POST /todos", "context-1", MAIN, 0);

  private void on(long at, What what, String text) {
    recording.add(new Event(at, MAIN, what, 7, text, 0));
  }

  private Waterfall waterfall() {
    return Waterfall.of(recording.snapshot());
  }

  private static Element parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)))
        .getDocumentElement();
  }

  private static List<Element> rects(Element svg, String style) {
    NodeList all = svg.getElementsByTagName("rect");
    List<Element> found = new ArrayList<>();
    for (int i = 0; i < all.getLength(); i++) {
      if (((Element) all.item(i)).getAttribute("class").startsWith(style)) {
        found.add((Element) all.item(i));
      }
    }
    return found;
  }

  private static double percent(Element rect, String attribute) {
    return Double.parseDouble(rect.getAttribute(attribute).replace("%", ""));
  }

  @Test
  void aBarIsWhereItsTimeIs() throws Exception {
    on(250, What.BEGAN, "add");
    on(750, What.COMMITTED, "");
    recording.end(new Ending(1_000, 201, ""));

    Element transaction =
        rects(parsed(Drawing.large(waterfall())), "bar transaction committed").get(0);

    assertThat(percent(transaction, "x")).isEqualTo(25);
    assertThat(percent(transaction, "width")).isEqualTo(50);
  }

  @Test
  void aBarTooShortToBeSeenIsWidenedWithinWhatItIsAPartOf() throws Exception {
    on(999_990, What.BEGAN, "add");
    on(999_998, What.EXECUTING, "select");
    on(999_999, What.EXECUTED, "");
    on(1_000_000, What.COMMITTED, "");
    recording.end(new Ending(1_000_000, 201, ""));

    Element svg = parsed(Drawing.large(waterfall()));
    Element transaction = rects(svg, "bar transaction").get(0);
    Element statement = rects(svg, "bar statement").get(0);

    assertThat(percent(transaction, "width")).isEqualTo(0.4);
    assertThat(percent(statement, "width")).isEqualTo(0.4);
    assertThat(percent(transaction, "x")).isEqualTo(99.6);
    assertThat(percent(statement, "x")).isEqualTo(99.6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "]]><![CDATA[ --> <!--",
        "\" onload=\"alert(1)' x='",
        "&lt;script&gt; &amp; &#x3c;",
        "Äpfel 🍏 漢字"
      })
  void textStaysText(String text) throws Exception {
    on(1, What.BEGAN, text);
    on(2, What.EXECUTING, text);
    on(3, What.EXECUTED, "");
    on(4, What.ROLLED_BACK, text);
    recording.end(new Ending(5, 500, text));

    Element svg = parsed(Drawing.large(waterfall()));

    assertThat(svg.getTextContent()).contains("transaction " + text);
    assertThat(svg.getElementsByTagName("script").getLength()).isZero();
    NodeList all = svg.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      assertThat(((Element) all.item(i)).hasAttribute("onload")).isFalse();
    }
  }

  @Test
  void whatShowsNothingOrReordersIsShownByItsNumber() throws Exception {
    String text = "a\u202eb\u0000c\u2066d\ud83ce\uffffzero\u200bwidth";
    on(1, What.BEGAN, text);
    on(2, What.COMMITTED, "");
    recording.end(new Ending(3, 201, ""));

    assertThat(parsed(Drawing.large(waterfall())).getTextContent())
        .contains("a\\u202Eb\\u0000c\\u2066d\\uD83Ce\\uFFFFzero\\u200Bwidth");
  }

  @Test
  void aLongStatementIsShortenedInItsLabelAndNotInTheMiddleOfAPair() throws Exception {
    String sql = "select '" + "🍏".repeat(5_000) + "'";
    on(1, What.EXECUTING, Visible.shortened(sql));
    on(2, What.EXECUTED, "");
    recording.end(new Ending(3, 201, ""));

    String drawn = Drawing.large(waterfall());

    assertThat(drawn).hasSizeLessThan(5_000).contains("🍏…").doesNotContain("\\uD83C");
    assertThat(parsed(drawn).getElementsByTagName("bdi").item(1).getTextContent())
        .hasSizeBetween(159, 160);
  }

  @Test
  void aSmallOneHasNoMoreThanSoManyRowsAndNothingToFocus() throws Exception {
    for (int i = 0; i < 100; i++) {
      on(i, What.EXECUTING, "select");
      on(i, What.EXECUTED, "");
    }
    recording.end(new Ending(100, 201, ""));

    Element svg = parsed(Drawing.small(waterfall()));

    assertThat(rects(svg, "bar")).hasSize(24);
    assertThat(svg.getElementsByTagName("a").getLength()).isZero();
    assertThat(svg.getAttribute("role")).isEqualTo("img");
  }

  @Test
  void aRequestOfNoTimeIsDrawn() throws Exception {
    on(0, What.BEGAN, "add");
    on(0, What.COMMITTED, "");
    recording.end(new Ending(0, 201, ""));

    Element svg = parsed(Drawing.large(waterfall()));

    assertThat(rects(svg, "bar"))
        .allSatisfy(
            bar -> assertThat(percent(bar, "x") + percent(bar, "width")).isLessThanOrEqualTo(100));
  }
}
