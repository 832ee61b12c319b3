package io.txhost.examples.todo.waterfall;

import io.txhost.examples.todo.waterfall.Bar.Kind;
import io.txhost.examples.todo.waterfall.Bar.Outcome;
import io.txhost.examples.todo.waterfall.Event.Lane;
import io.txhost.examples.todo.waterfall.Recording.Ending;
import io.txhost.examples.todo.waterfall.Recording.Snapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads events in their order: each begins a part of the request, or ends one. */
final class Reading {
  private final Snapshot snapshot;
  private final Part request;
  private final Map<Long, Part> transactions = new HashMap<>();

  /** Where the work of a thread is: what is open and may have parts, the innermost first. */
  private final Map<Lane, Deque<Part>> places = new HashMap<>();

  private final Map<Lane, Part> pauses = new HashMap<>();

  Reading(Snapshot snapshot) {
    this.snapshot = snapshot;
    this.request =
        new Part(Kind.REQUEST, 0, snapshot.request(), snapshot.thread(), snapshot.begin());
    snapshot.events().forEach(this::read);
  }

  Bar request() {
    Ending ending = snapshot.ending();
    if (ending.isMissing()) {
      return request.bar(snapshot.begin(), snapshot.begin(), snapshot.asOf(), true);
    }
    request.end(
        ending.at(),
        ending.status() < 500 ? Outcome.ANSWERED : Outcome.FAILED,
        ending.failure().isEmpty() ? Integer.toString(ending.status()) : ending.failure());
    return request.bar(snapshot.begin(), snapshot.begin(), ending.at(), true);
  }

  private void read(Event event) {
    switch (event.what()) {
      case BEGAN -> began(event);
      case SET_ASIDE -> enter(place(event).add(Kind.ASIDE, event));
      case RESUMED -> leave(event, Kind.ASIDE, Outcome.NONE);
      case SAVEPOINT -> enter(place(event).add(Kind.SAVEPOINT, event));
      case SAVEPOINT_RELEASED -> leave(event, Kind.SAVEPOINT, Outcome.KEPT);
      case SAVEPOINT_ROLLED_BACK -> leave(event, Kind.SAVEPOINT, Outcome.UNDONE);
      case ACQUIRING -> place(event).add(Kind.WAIT_FOR_CONNECTION, event);
      case ACQUIRED -> acquired(event);
      case NOT_ACQUIRED -> end(event, Kind.WAIT_FOR_CONNECTION, Outcome.FAILED);
      case RELEASED -> released(event);
      case EXECUTING -> place(event).add(Kind.STATEMENT, event);
      case EXECUTED -> end(event, Kind.STATEMENT, Outcome.NONE);
      case NOT_EXECUTED -> end(event, Kind.STATEMENT, Outcome.FAILED);
      case WAITING -> place(event).add(Kind.WAIT_FOR_TURN, event);
      case WAITED -> end(event, Kind.WAIT_FOR_TURN, Outcome.NONE);
      case COMMITTED -> over(event, Outcome.COMMITTED);
      case ROLLED_BACK -> over(event, Outcome.ROLLED_BACK);
      case UNKNOWN -> over(event, Outcome.UNKNOWN);
      case RETRIED -> retried(event);
      case DETACHED -> request.add(Kind.DETACHED, event).end(event.at(), Outcome.FAILED, "");
    }
  }

  private void began(Event event) {
    Optional.ofNullable(pauses.remove(event.thread()))
        .ifPresent(pause -> pause.endAtTheLatest(event.at()));
    Part around =
        placesOn(event.thread()).isEmpty() ? request : placesOn(event.thread()).getFirst();
    Part transaction = around.add(Kind.TRANSACTION, event);
    transactions.put(event.transaction(), transaction);
    enter(transaction);
  }

  private void over(Event event, Outcome outcome) {
    transaction(event)
        .ifPresent(
            transaction -> {
              transaction.end(event.at(), outcome, event.text());
              places.values().forEach(on -> on.removeIf(p -> p.belongsTo(event.transaction())));
            });
  }

  private void retried(Event event) {
    transaction(event)
        .ifPresent(
            failed ->
                failed.note(
                    failed.note().isEmpty() ? "tried again" : failed.note() + ", tried again"));
    Part around =
        placesOn(event.thread()).isEmpty() ? request : placesOn(event.thread()).getFirst();
    Part pause = around.add(Kind.PAUSE, event);
    pause.end(event.at() + event.nanos(), Outcome.NONE, "");
    pauses.put(event.thread(), pause);
  }

  /** On the thread of the transaction, whichever needed it first. */
  private void acquired(Event event) {
    end(event, Kind.WAIT_FOR_CONNECTION, Outcome.NONE);
    transaction(event)
        .ifPresent(
            holder ->
                holder.add(
                    new Part(
                        Kind.CONNECTION, event.transaction(), "", holder.thread(), event.at())));
  }

  private void released(Event event) {
    transaction(event)
        .flatMap(holder -> holder.open(Kind.CONNECTION, holder.thread()))
        .ifPresent(held -> held.end(event.at(), Outcome.NONE, ""));
  }

  private void end(Event event, Kind kind, Outcome outcome) {
    place(event)
        .open(kind, event.thread())
        .ifPresent(part -> part.end(event.at(), outcome, event.text()));
  }

  private void enter(Part part) {
    placesOn(part.thread()).addFirst(part);
  }

  private void leave(Event event, Kind kind, Outcome outcome) {
    Deque<Part> around = placesOn(event.thread());
    around.stream()
        .filter(part -> part.is(kind, event.transaction()))
        .findFirst()
        .ifPresent(
            left -> {
              left.end(event.at(), outcome, "");
              around.remove(left);
            });
  }

  /**
   * The innermost that is open in the transaction, on this thread or else on the transaction's own:
   * a task of another thread is where the transaction was when it gave the tasks out.
   */
  private Part place(Event event) {
    Part transaction = transactions.get(event.transaction());
    if (transaction == null) {
      return request;
    }
    return innermost(event.thread(), event.transaction())
        .or(() -> innermost(transaction.thread(), event.transaction()))
        .orElse(transaction);
  }

  private Optional<Part> innermost(Lane thread, long transaction) {
    return placesOn(thread).stream().filter(part -> part.belongsTo(transaction)).findFirst();
  }

  private Deque<Part> placesOn(Lane thread) {
    return places.computeIfAbsent(thread, on -> new ArrayDeque<>());
  }

  private Optional<Part> transaction(Event event) {
    return Optional.ofNullable(transactions.get(event.transaction()));
  }
}
