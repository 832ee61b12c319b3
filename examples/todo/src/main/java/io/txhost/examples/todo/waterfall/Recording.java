package io.txhost.examples.todo.waterfall;

import io.txhost.context.ContextKey;
import io.txhost.examples.todo.waterfall.Event.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** What is recorded of one request: the first events of it, and how it ended. */
final class Recording {
  /** The recording of the request whose context it is; copies of the context have it, too. */
  static final ContextKey<Recording> KEY = ContextKey.of("recording", Recording.class);

  static final int MOST_EVENTS = 300;

  private final String request;
  private final String context;
  private final Lane thread;
  private final long begin;
  private final ReentrantLock lock = new ReentrantLock(); // tasks of one request record at once
  private final List<Event> events = new ArrayList<>();
  private int left;
  private long number;
  private Ending ending = Ending.NONE;

  Recording(String request, String context, Lane thread, long begin) {
    this.request = request;
    this.context = context;
    this.thread = thread;
    this.begin = begin;
  }

  /**
   * How a request ended.
   *
   * @param at by {@link System#nanoTime()}
   * @param status the answer's, 0 while there is none
   * @param failure the class of what left the request, else empty
   */
  record Ending(long at, int status, String failure) {
    static final Ending NONE = new Ending(0, 0, "");

    boolean isMissing() {
      return status == 0;
    }
  }

  /**
   * What was recorded until now.
   *
   * @param left how many events were not kept, because there were too many
   * @param asOf when this was read, by {@link System#nanoTime()}
   */
  record Snapshot(
      long number,
      String request,
      String context,
      Lane thread,
      long begin,
      List<Event> events,
      int left,
      Ending ending,
      long asOf) {}

  /** True for the first event: a request without any is not worth keeping. */
  boolean add(Event event) {
    lock.lock();
    try {
      if (events.size() >= MOST_EVENTS && !endsWhatIsKept(event)) {
        left++;
        return false;
      }
      events.add(event);
      return events.size() == 1;
    } finally {
      lock.unlock();
    }
  }

  /** So that a transaction does not look open only because much happened in it. */
  private boolean endsWhatIsKept(Event event) {
    return event.what().isEnd()
        && events.stream()
            .anyMatch(
                kept ->
                    kept.what() == Event.What.BEGAN && kept.transaction() == event.transaction());
  }

  void number(long given) {
    lock.lock();
    try {
      number = given;
    } finally {
      lock.unlock();
    }
  }

  void end(Ending how) {
    lock.lock();
    try {
      ending = how;
    } finally {
      lock.unlock();
    }
  }

  Snapshot snapshot() {
    lock.lock();
    try {
      return new Snapshot(
          number,
          request,
          context,
          thread,
          begin,
          List.copyOf(events),
          left,
          ending,
          System.nanoTime());
    } finally {
      lock.unlock();
    }
  }
}
