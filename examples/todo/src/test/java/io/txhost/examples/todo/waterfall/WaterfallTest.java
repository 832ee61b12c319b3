package io.txhost.examples.todo.waterfall;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.examples.todo.waterfall.Event.Lane;
import io.txhost.examples.todo.waterfall.Event.What;
import io.txhost.examples.todo.waterfall.Recording.Ending;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** From events to bars. Times are in ms, and the request begins at 1,000 ms. */
final class WaterfallTest {
  private static final long MILLIS = 1_000_000;
  private static final Lane MAIN = new Lane(1, "'main'");
  private static final Lane TASK = new Lane(2, "'task'");

  private final Recording recording =
      new Recording("POST /todos", "context-1", MAIN, 1_000 * MILLIS);

  private void on(Lane thread, long at, What what, long transaction, String text) {
    recording.add(new Event((1_000 + at) * MILLIS, thread, what, transaction, text, 0));
  }

  private void on(long at, What what, long transaction, String text) {
    on(MAIN, at, what, transaction, text);
  }

  private void ended(long at) {
    recording.end(new Ending((1_000 + at) * MILLIS, 201, ""));
  }

  /** Each bar: how deep on its thread, what, outcome, begin and end. */
  private List<String> rows() {
    return Waterfall.of(recording.snapshot()).lanes().entrySet().stream()
        .flatMap(lane -> lane.getValue().stream().map(row -> told(lane.getKey(), row)))
        .toList();
  }

  private static String told(Lane thread, Waterfall.Row row) {
    Bar bar = row.bar();
    return "%s %d %s | %s | %d-%d"
        .formatted(
            thread.name(),
            row.depth(),
            Words.what(bar),
            Words.outcome(bar),
            bar.from() / MILLIS,
            bar.to() / MILLIS);
  }

  @Test
  void aTransactionIsAPartOfTheRequestAndItsStatementsAreItsParts() {
    on(10, What.BEGAN, 7, "add");
    on(11, What.ACQUIRING, 7, "");
    on(13, What.ACQUIRED, 7, "");
    on(14, What.EXECUTING, 7, "select 1");
    on(16, What.EXECUTED, 7, "");
    on(17, What.RELEASED, 7, "");
    on(18, What.COMMITTED, 7, "");
    ended(20);

    assertThat(rows())
        .containsExactly(
            "'main' 0 POST /todos | answered 201 | 0-20",
            "'main' 1 transaction add | committed | 10-18",
            "'main' 2 waits for a connection |  | 11-13",
            "'main' 2 holds a connection |  | 13-17",
            "'main' 2 select 1 |  | 14-16");
  }

  @Test
  void whatATaskDoesOnAnotherThreadHasALaneOfItsOwn() {
    on(1, What.BEGAN, 7, "publish");
    on(TASK, 2, What.WAITING, 7, "");
    on(TASK, 4, What.WAITED, 7, "");
    on(TASK, 4, What.EXECUTING, 7, "insert");
    on(5, What.EXECUTING, 7, "select");
    on(6, What.EXECUTED, 7, "");
    on(TASK, 8, What.NOT_EXECUTED, 7, "SQLException");
    on(9, What.ROLLED_BACK, 7, "SQLException");
    ended(10);

    assertThat(rows())
        .containsExactly(
            "'main' 0 POST /todos | answered 201 | 0-10",
            "'main' 1 transaction publish | rolled back: SQLException | 1-9",
            "'main' 2 select |  | 5-6",
            "'task' 0 waits for its turn |  | 2-4",
            "'task' 0 insert | failed: SQLException | 4-8");
  }

  @Test
  void aStatementIsAPartOfTheInnermostSavepointOfItsThread() {
    on(1, What.BEGAN, 7, "import");
    on(2, What.SAVEPOINT, 7, "outer");
    on(3, What.SAVEPOINT, 7, "inner");
    on(4, What.EXECUTING, 7, "in inner");
    on(5, What.EXECUTED, 7, "");
    on(6, What.SAVEPOINT_ROLLED_BACK, 7, "inner");
    on(TASK, 7, What.EXECUTING, 7, "in outer, of a task");
    on(TASK, 8, What.EXECUTED, 7, "");
    on(9, What.SAVEPOINT_RELEASED, 7, "outer");
    on(10, What.EXECUTING, 7, "in none");
    on(11, What.EXECUTED, 7, "");
    on(12, What.COMMITTED, 7, "");
    ended(13);

    assertThat(rows())
        .containsExactly(
            "'main' 0 POST /todos | answered 201 | 0-13",
            "'main' 1 transaction import | committed | 1-12",
            "'main' 2 savepoint outer | kept | 2-9",
            "'main' 3 savepoint inner | undone | 3-6",
            "'main' 4 in inner |  | 4-5",
            "'main' 2 in none |  | 10-11",
            "'task' 0 in outer, of a task |  | 7-8");
    assertThat(Waterfall.of(recording.snapshot()).request().parts().get(0).parts().get(0).parts())
        .extracting(Bar::label)
        .containsExactly("inner", "in outer, of a task");
  }

  @Test
  void aTransactionInsideAnotherThatIsSetAsideIsWithinThatTime() {
    on(1, What.BEGAN, 7, "order");
    on(2, What.SET_ASIDE, 7, "order");
    on(3, What.BEGAN, 8, "audit");
    on(4, What.COMMITTED, 8, "");
    on(5, What.RESUMED, 7, "order");
    on(6, What.ROLLED_BACK, 7, "");
    ended(7);

    assertThat(rows())
        .containsExactly(
            "'main' 0 POST /todos | answered 201 | 0-7",
            "'main' 1 transaction order | rolled back | 1-6",
            "'main' 2 set aside: order |  | 2-5",
            "'main' 3 transaction audit | committed | 3-4");
  }

  @Test
  void anAttemptThatIsRepeatedIsFollowedByThePauseAndTheNext() {
    on(1, What.BEGAN, 7, "import");
    on(2, What.ROLLED_BACK, 7, "Deadlock");
    recording.add(new Event(1_002 * MILLIS, MAIN, What.RETRIED, 7, "Deadlock", 5 * MILLIS));
    on(6, What.BEGAN, 8, "import, attempt 2");
    on(8, What.COMMITTED, 8, "");
    ended(9);

    assertThat(rows())
        .containsExactly(
            "'main' 0 POST /todos | answered 201 | 0-9",
            "'main' 1 transaction import | rolled back: Deadlock, tried again | 1-2",
            "'main' 1 pause before the next attempt |  | 2-6", // 7, had the thread slept to the end
            "'main' 1 transaction import, attempt 2 | committed | 6-8");
  }

  @Test
  void whatHasNotEndedIsOpenUntilNow() {
    on(1, What.BEGAN, 7, "add");
    on(2, What.EXECUTING, 7, "select");

    Bar request = Waterfall.of(recording.snapshot()).request();

    Bar statement = request.parts().get(0).parts().get(0);
    assertThat(request.outcome()).isEqualTo(Bar.Outcome.OPEN);
    assertThat(statement.outcome()).isEqualTo(Bar.Outcome.OPEN);
    assertThat(statement.to()).isEqualTo(request.to());
  }

  @Test
  void aTransactionThatOutlivesItsRequestIsStillOpenAtTheEndOfThat() {
    on(1, What.BEGAN, 7, "kept");
    ended(3);

    assertThat(rows())
        .containsExactly(
            "'main' 0 POST /todos | answered 201 | 0-3",
            "'main' 1 transaction kept | still open | 1-3");
  }

  @Test
  void whatIsOpenWhereItsTransactionIsOverEndsWithThat() {
    on(1, What.BEGAN, 7, "add");
    on(2, What.SAVEPOINT, 7, "block");
    on(3, What.EXECUTING, 7, "select");
    on(4, What.UNKNOWN, 7, "IOException");
    ended(5);

    assertThat(rows())
        .containsExactly(
            "'main' 0 POST /todos | answered 201 | 0-5",
            "'main' 1 transaction add | outcome unknown: IOException | 1-4",
            "'main' 2 savepoint block |  | 2-4",
            "'main' 3 select |  | 3-4");
  }

  @Test
  void whatWasRefusedToDetachedWorkIsAMomentOnItsThread() {
    on(1, What.BEGAN, 7, "add");
    on(TASK, 2, What.DETACHED, 0, "tx()");
    on(3, What.COMMITTED, 7, "");
    ended(4);

    assertThat(rows()).endsWith("'task' 0 detached use of tx() | failed | 2-2");
  }

  @Test
  void aRequestThatDiedSaysOfWhat() {
    on(1, What.BEGAN, 7, "add");
    on(2, What.ROLLED_BACK, 7, "AssertionError");
    recording.end(new Ending(1_003 * MILLIS, 500, "AssertionError"));

    assertThat(rows())
        .containsExactly(
            "'main' 0 POST /todos | failed: AssertionError | 0-3",
            "'main' 1 transaction add | rolled back: AssertionError | 1-2");
  }

  @Test
  void ofTooManyEventsTheFirstAreKeptAndHowTheTransactionEnded() {
    on(0, What.BEGAN, 7, "import");
    for (int i = 0; i < 10_000; i++) {
      on(1, What.EXECUTING, 7, "insert");
      on(1, What.EXECUTED, 7, "");
    }
    on(2, What.COMMITTED, 7, "");
    ended(3);

    Recording.Snapshot snapshot = recording.snapshot();
    assertThat(snapshot.events()).hasSize(Recording.MOST_EVENTS + 1);
    assertThat(snapshot.left()).isEqualTo(20_002 - snapshot.events().size());
    assertThat(rows()).contains("'main' 1 transaction import | committed | 0-2");
  }

  @Test
  void ofAnEventWhoseTransactionIsNotKnownTheRequestHasThePart() {
    on(1, What.EXECUTING, 99, "select");
    on(2, What.EXECUTED, 99, "");
    on(2, What.RELEASED, 99, "");
    on(2, What.SAVEPOINT_RELEASED, 99, "");
    on(2, What.ROLLED_BACK, 99, "");
    ended(3);

    assertThat(rows())
        .containsExactly("'main' 0 POST /todos | answered 201 | 0-3", "'main' 1 select |  | 1-2");
  }

  @Test
  void thePictureIsToldInASentence() {
    on(1, What.BEGAN, 7, "add");
    on(1, What.EXECUTING, 7, "select");
    on(2, What.EXECUTED, 7, "");
    on(2, What.COMMITTED, 7, "");
    ended(3);

    assertThat(Words.description(Waterfall.of(recording.snapshot())))
        .isEqualTo("answered 201 after 3.00 ms: 1 transaction (committed), 1 statement, 1 thread");
  }

  @Test
  void timesHaveThreeDigits() {
    assertThat(
            Map.of(0L, "0 µs", 999_999L, "999 µs", 1_000_000L, "1.00 ms", 12_345_678L, "12.3 ms")
                .entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getValue, e -> Words.time(e.getKey()))))
        .allSatisfy((wanted, told) -> assertThat(told).isEqualTo(wanted));
    assertThat(Words.time(123_456_789L)).isEqualTo("123 ms");
    assertThat(Words.time(3_004_000_000L)).isEqualTo("3.00 s");
  }
}
