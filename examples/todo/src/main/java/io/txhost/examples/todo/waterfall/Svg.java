package io.txhost.examples.todo.waterfall;

import java.util.ArrayDeque;
import java.util.Deque;

/** Writes elements. Whatever is in a text or an attribute stays a text or an attribute. */
final class Svg {
  private final StringBuilder written = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens an element.
   *
   * @param attributes names and values by turns
   */
  Svg open(String element, String... attributes) {
    written.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      written.append(' ').append(attributes[i]).append("=\"");
      written.append(escaped(attributes[i + 1])).append('"');
    }
    written.append('>');
    open.push(element);
    return this;
  }

  Svg close() {
    written.append("</").append(open.pop()).append('>');
    return this;
  }

  Svg text(String text) {
    written.append(escaped(text));
    return this;
  }

  /** An element with a text in it. */
  Svg text(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** An element with nothing in it. */
  Svg empty(String element, String... attributes) {
    return open(element, attributes).close();
  }

  private static String escaped(String text) {
    return Visible.of(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  @Override
  public String toString() {
    return written.toString();
  }
}
