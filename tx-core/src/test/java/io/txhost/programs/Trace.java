package io.txhost.programs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was seen while a program ran, line by line. */
final class Trace {
  private final List<String> lines = new ArrayList<>();
  private final Map<Object, Integer> numbers = new HashMap<>();

  /** A number for what has another name on each side: the first one seen is 1. */
  int number(Object name) {
    return numbers.computeIfAbsent(name, n -> numbers.size() + 1);
  }

  List<String> lines() {
    return lines;
  }

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
