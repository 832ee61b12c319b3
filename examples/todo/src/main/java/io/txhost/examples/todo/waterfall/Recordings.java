package io.txhost.examples.todo.waterfall;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The last requests in which a transaction began, ended or not. Older ones are forgotten. */
@Component
final class Recordings {
  static final int MOST = 50;

  private final Deque<Recording> newestFirst = new ArrayDeque<>();
  private long last;

  synchronized void keep(Recording recording) {
    recording.number(++last);
    newestFirst.addFirst(recording);
    if (newestFirst.size() > MOST) {
      newestFirst.removeLast();
    }
  }

  /** The newest first. */
  List<Waterfall> last(int most) {
    return copy().stream().limit(most).map(Recording::snapshot).map(Waterfall::of).toList();
  }

  /** The request of this number, unless it is forgotten. */
  Optional<Waterfall> find(long number) {
    return copy().stream()
        .map(Recording::snapshot)
        .filter(snapshot -> snapshot.number() == number)
        .findFirst()
        .map(Waterfall::of);
  }

  private synchronized List<Recording> copy() {
    return List.copyOf(newestFirst);
  }
}
