package io.txhost.programs;

import java.util.ArrayList;
import java.util.List;

/** What was seen while a program ran, line by line. */
final class Trace {
  private final List<String> lines = new ArrayList<>();

  void say(String line) {
    lines.add(line);
  }

  /** Null if the other says the same; else where they part. */
  String difference(Trace actual) {
    int same = 0;
    while (same < lines.size()
        && same < actual.lines.size()
        && lines.get(same).equals(actual.lines.get(same))) {
      same++;
    }
    if (same == lines.size() && same == actual.lines.size()) {
      return null;
    }
    return "after "
        + lines.subList(Math.max(0, same - 12), same)
        + "\n  the reference says "
        + at(lines, same)
        + "\n  the hosts say      "
        + at(actual.lines, same);
  }

  private static String at(List<String> lines, int index) {
    return index < lines.size() ? lines.get(index) : "nothing more";
  }
}
