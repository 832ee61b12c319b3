package io.txhost.examples.todo.waterfall;

import io.txhost.examples.todo.waterfall.Bar.Kind;
import io.txhost.examples.todo.waterfall.Bar.Outcome;
import java.util.Locale;

/** What people read about bars. */
final class Words {
  private static final int MOST_CHARACTERS = 160;
  private static final long MICROS = 1_000;
  private static final long MILLIS = 1_000 * MICROS;
  private static final long SECONDS = 1_000 * MILLIS;

  private Words() {}

  /** {@link #what}, of a length that is read at a glance. */
  static String shortly(Bar bar) {
    return Visible.shortened(what(bar), MOST_CHARACTERS);
  }

  /** What the bar is. */
  static String what(Bar bar) {
    return switch (bar.kind()) {
      case REQUEST, STATEMENT -> bar.label();
      case TRANSACTION -> "transaction " + bar.label();
      case SAVEPOINT -> "savepoint " + bar.label();
      case CONNECTION -> "holds a connection";
      case WAIT_FOR_CONNECTION -> "waits for a connection";
      case WAIT_FOR_TURN -> "waits for its turn";
      case ASIDE -> "set aside: " + bar.label();
      case PAUSE -> "pause before the next attempt";
      case DETACHED -> "detached use of " + bar.label();
    };
  }

  /** How it ended and why; empty where it only ended. */
  static String outcome(Bar bar) {
    return (how(bar) + " " + bar.note()).strip();
  }

  /** How it ended, before the note that says why; empty where it only ended. */
  static String how(Bar bar) {
    String how =
        switch (bar.outcome()) {
          case NONE -> "";
          case OPEN -> "still open";
          case ANSWERED -> "answered";
          case FAILED -> "failed";
          case COMMITTED -> "committed";
          case ROLLED_BACK -> "rolled back";
          case UNKNOWN -> "outcome unknown";
          case KEPT -> "kept";
          case UNDONE -> "undone";
        };
    boolean isOfFailure = bar.outcome() != Outcome.ANSWERED && bar.outcome() != Outcome.NONE;
    return isOfFailure && !bar.note().isEmpty() ? how + ":" : how;
  }

  /** All about the bar, in one sentence. */
  static String sentence(Bar bar) {
    String outcome = outcome(bar);
    return shortly(bar)
        + (outcome.isEmpty() ? "" : ", " + outcome)
        + ", begins at "
        + time(bar.from())
        + ", takes "
        + time(bar.took());
  }

  /** What a picture of it shows, for those who do not see it. */
  static String description(Waterfall waterfall) {
    return outcome(waterfall.request()) + " after " + summary(waterfall);
  }

  /** How long it took, and how much was in it. */
  static String summary(Waterfall waterfall) {
    StringBuilder told = new StringBuilder(time(waterfall.request().took()));
    told.append(": ").append(counted(waterfall, Kind.TRANSACTION, "transaction"));
    told.append(" (").append(outcomes(waterfall)).append(')');
    if (count(waterfall, Kind.SAVEPOINT) > 0) {
      told.append(", ").append(counted(waterfall, Kind.SAVEPOINT, "savepoint"));
    }
    told.append(", ").append(counted(waterfall, Kind.STATEMENT, "statement"));
    told.append(", ").append(number(waterfall.lanes().size(), "thread"));
    return told.toString();
  }

  private static String outcomes(Waterfall waterfall) {
    return String.join(
        "; ",
        waterfall.bars().stream()
            .filter(bar -> bar.kind() == Kind.TRANSACTION)
            .map(Words::outcome)
            .toList());
  }

  private static String counted(Waterfall waterfall, Kind kind, String noun) {
    return number(count(waterfall, kind), noun);
  }

  private static long count(Waterfall waterfall, Kind kind) {
    return waterfall.bars().stream().filter(bar -> bar.kind() == kind).count();
  }

  static String number(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** With three digits that matter. */
  static String time(long nanos) {
    if (nanos < MILLIS) {
      return nanos / MICROS + " µs";
    }
    return nanos < SECONDS ? decimal(nanos, MILLIS) + " ms" : decimal(nanos, SECONDS) + " s";
  }

  private static String decimal(long nanos, long unit) {
    double value = (double) nanos / unit;
    int digits = value < 10 ? 2 : value < 100 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** The name that the style sheet has for an outcome or a kind. */
  static String styled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
