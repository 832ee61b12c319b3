package io.txhost.test;

import io.txhost.test.RecordingDataSource.Call;
import io.txhost.test.RecordingDataSource.Event;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Assertions on what a {@link RecordingDataSource} has written down, in AssertJ's manner. Import
 * {@link #assertThat} beside AssertJ's own.
 *
 * <pre>{@code
 * assertThat(recorder).began(1).committed(1).inOrder("insert into orders", "update account");
 * }</pre>
 *
 * <p>Statements are compared from their beginning, whatever their case and spaces. A failure shows
 * the transcript. The transcript is read when the assertions are begun.
 */
public final class TranscriptAssert {
  private final RecordingDataSource recorder;
  private final List<Event> events;

  private TranscriptAssert(RecordingDataSource recorder) {
    this.recorder = recorder;
    this.events = recorder.events();
  }

  /** Begins the assertions on what was written down until now. */
  public static TranscriptAssert assertThat(RecordingDataSource recorder) {
    return new TranscriptAssert(Objects.requireNonNull(recorder, "recorder"));
  }

  /** So many transactions sent their first statement. */
  public TranscriptAssert began(int times) {
    return count(Call.BEGIN, times, "begun");
  }

  /** So many transactions were committed, and the database confirmed it. */
  public TranscriptAssert committed(int times) {
    return count(Call.COMMIT, times, "committed");
  }

  /** So many transactions were rolled back. */
  public TranscriptAssert rolledBack(int times) {
    return count(Call.ROLLBACK, times, "rolled back");
  }

  /** So many savepoints were set. */
  public TranscriptAssert savepoints(int times) {
    return count(Call.SAVEPOINT, times, "savepoint(s)");
  }

  /** So many statements were executed; the words of transactions and SET are none. */
  public TranscriptAssert executed(int times) {
    return count(Call.SQL, times, "statement(s) executed");
  }

  /** So many statements begin so. */
  public TranscriptAssert executed(int times, String beginning) {
    long found = events.stream().filter(event -> begins(event, beginning)).count();
    return check(found == times, times + " of '" + beginning + "'", found + " of them");
  }

  /** No statement begins so. */
  public TranscriptAssert neverExecuted(String beginning) {
    return executed(0, beginning);
  }

  /**
   * Statements that begin so were executed in this order; others may lie between.
   *
   * @param beginnings of statements, or words of the transcript such as {@code COMMIT}
   */
  public TranscriptAssert inOrder(String... beginnings) {
    int next = 0;
    for (Event event : events) {
      if (next < beginnings.length && begins(event, beginnings[next])) {
        next++;
      }
    }
    return check(
        next == beginnings.length,
        "in this order: " + String.join(", ", beginnings),
        next == beginnings.length ? "" : "no '" + beginnings[next] + "' there");
  }

  /** All of it ran on one connection. */
  public TranscriptAssert onOneConnection() {
    return onConnections(1);
  }

  /** It ran on so many connections. */
  public TranscriptAssert onConnections(int times) {
    long found = events.stream().mapToInt(event -> event.connection).distinct().count();
    return check(found == times, times + " connection(s)", String.valueOf(found));
  }

  /** Nothing was sent. */
  public TranscriptAssert isEmpty() {
    return check(events.isEmpty(), "nothing", events.size() + " word(s)");
  }

  /** No call failed. */
  public TranscriptAssert nothingFailed() {
    long failed = events.stream().filter(event -> event.failed).count();
    return check(failed == 0, "no call that failed", failed + " failed");
  }

  /** Every connection that was handed out has come back. */
  public TranscriptAssert allReturned() {
    int out = recorder.connectionsOut();
    return check(out == 0, "every connection returned", out + " still out");
  }

  private TranscriptAssert count(Call call, int times, String what) {
    long found =
        events.stream().filter(event -> event.word.equals(call.word()) && !event.failed).count();
    return check(found == times, times + " " + what, String.valueOf(found));
  }

  private static boolean begins(Event event, String beginning) {
    String asked = plain(beginning);
    String sql = event.sql;
    return (sql != null && plain(SqlText.of(sql).bare()).startsWith(asked))
        || plain(event.word).equals(asked);
  }

  private static String plain(String text) {
    return text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
  }

  private TranscriptAssert check(boolean holds, String expected, String found) {
    if (!holds) {
      throw new AssertionError(
          "Expected " + expected + ", but found " + found + " in the transcript:" + shown());
    }
    return this;
  }

  private String shown() {
    if (events.isEmpty()) {
      return " nothing was sent";
    }
    StringBuilder lines = new StringBuilder();
    for (Event event : events) {
      lines.append("\n  ").append(event.connection).append(' ').append(event);
      if (event.sql != null) {
        lines.append("  ").append(event.sql);
      }
    }
    return lines.toString();
  }
}
