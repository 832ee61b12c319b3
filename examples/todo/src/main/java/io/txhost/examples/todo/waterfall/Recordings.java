package io.txhost.examples.todo.waterfall;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;

/** The last requests in which a transaction began, ended or not. Older ones are forgotten. */
@Component
final class Recordings {
  static final int MOST = 50;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Recording> newestFirst = new ArrayDeque<>();
  private long last;

  void keep(Recording recording) {
    lock.lock();
    try {
      recording.number(++last);
      newestFirst.addFirst(recording);
      if (newestFirst.size() > MOST) {
        newestFirst.removeLast();
      }
    } finally {
      lock.unlock();
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

  private List<Recording> copy() {
    lock.lock();
    try {
      return List.copyOf(newestFirst);
    } finally {
      lock.unlock();
    }
  }
}
