package io.txhost.examples.todo.waterfall;

import io.txhost.examples.todo.waterfall.Event.Lane;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request and what its transactions did.
 *
 * @param number by which its page is found
 * @param context the id of its context
 * @param left how many events are missing
 * @param request what all else is a part of
 */
record Waterfall(long number, String context, int left, Bar request) {

  /** Reads the events of a recording. */
  static Waterfall of(Recording.Snapshot snapshot) {
    return new Waterfall(
        snapshot.number(), snapshot.context(), snapshot.left(), new Reading(snapshot).request());
  }

  /** A bar and how many are around it on the same thread. */
  record Row(Bar bar, int depth) {}

  /** The rows of each thread, in the order in which threads come to it. */
  Map<Lane, List<Row>> lanes() {
    Map<Lane, List<Row>> lanes = new LinkedHashMap<>();
    add(request, lanes, 0);
    return lanes;
  }

  private static void add(Bar bar, Map<Lane, List<Row>> lanes, int depth) {
    lanes.computeIfAbsent(bar.thread(), lane -> new ArrayList<>()).add(new Row(bar, depth));
    for (Bar part : bar.parts()) {
      add(part, lanes, part.thread().equals(bar.thread()) ? depth + 1 : 0);
    }
  }

  /** All of them, what is around before what is within. */
  List<Bar> bars() {
    return lanes().values().stream().flatMap(List::stream).map(Row::bar).toList();
  }
}
