package io.txhost.examples.todo.waterfall;

import io.txhost.examples.todo.waterfall.Bar.Kind;
import io.txhost.examples.todo.waterfall.Bar.Outcome;
import io.txhost.examples.todo.waterfall.Event.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A bar whose end is not read yet. */
final class Part {
  private final Kind kind;
  private final long transaction;
  private final String label;
  private final Lane thread;
  private final long from;
  private final List<Part> parts = new ArrayList<>();
  private @Nullable Long to;
  private Outcome outcome = Outcome.OPEN;
  private String note = "";

  /** A part of nothing. */
  Part(Kind kind, long transaction, String label, Lane thread, long from) {
    this.kind = kind;
    this.transaction = transaction;
    this.label = label;
    this.thread = thread;
    this.from = from;
  }

  Part add(Kind partsKind, Event event) {
    return add(new Part(partsKind, event.transaction(), event.text(), event.thread(), event.at()));
  }

  Part add(Part part) {
    parts.add(part);
    return part;
  }

  boolean is(Kind asked, long ofTransaction) {
    return kind == asked && transaction == ofTransaction;
  }

  boolean belongsTo(long asked) {
    return transaction == asked;
  }

  Lane thread() {
    return thread;
  }

  String note() {
    return note;
  }

  void note(String why) {
    note = why;
  }

  /** The newest of its parts that has not ended. */
  Optional<Part> open(Kind asked, Lane on) {
    return parts.stream()
        .filter(part -> part.kind == asked && part.thread.equals(on) && part.to == null)
        .reduce((older, newer) -> newer);
  }

  void end(long at, Outcome how, String why) {
    to = at;
    outcome = how;
    note = why;
  }

  void endAtTheLatest(long at) {
    to = to == null ? at : Math.min(to, at);
  }

  /**
   * Within these times: no part takes longer than the whole, nor is open when that is over; save
   * transactions, which may outlive their request.
   */
  Bar bar(long origin, long earliest, long latest, boolean mayBeOpen) {
    boolean isOpen = to == null && mayBeOpen;
    long begin = within(earliest, from, latest);
    long end = to == null ? latest : within(begin, to, latest);
    return new Bar(
        kind,
        label,
        to == null && !isOpen ? Outcome.NONE : outcome,
        note,
        thread,
        begin - origin,
        end - origin,
        parts.stream()
            .map(part -> part.bar(origin, begin, end, isOpen || kind == Kind.REQUEST))
            .toList());
  }

  private static long within(long earliest, long time, long latest) {
    return Math.max(earliest, Math.min(time, latest));
  }
}
