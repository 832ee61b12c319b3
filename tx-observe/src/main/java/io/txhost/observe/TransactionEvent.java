package io.txhost.observe;

import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A transaction. */
@Name("io.txhost.Transaction")
@Label("Transaction")
@Description("A transaction, from its begin to its end")
@Category("txhost")
@StackTrace(false)
final class TransactionEvent extends Event {
  @Label("Transaction Id")
  long transactionId;

  @Label("Transaction")
  @Nullable String name;

  @Label("Host")
  @Nullable String host;

  @Label("Read-Only")
  boolean readOnly;

  @Label("Attempt")
  @Description("Which attempt of its work it was, from 1")
  int attempt;

  @Label("Outcome")
  @Nullable String outcome;

  @Label("Reason")
  @Description("Why it was not committed: the type of the failure and its SQLSTATE")
  @Nullable String reason;

  @Label("Time To First Statement")
  @Description("-1 if it sent none")
  @Timespan(Timespan.NANOSECONDS)
  long timeToFirstStatement;

  @Label("Connection Wait")
  @Timespan(Timespan.NANOSECONDS)
  long connectionWait;

  @Label("Connection Held")
  @Timespan(Timespan.NANOSECONDS)
  long connectionHeld;

  @Label("Statements")
  int statements;

  @Label("Statement Time")
  @Timespan(Timespan.NANOSECONDS)
  long statementTime;

  @Label("Savepoints")
  int savepoints;

  void fill(FinishedTransaction how) {
    transactionId = how.id();
    name = how.name();
    host = how.host();
    readOnly = how.readOnly();
    attempt = how.attempt();
    outcome = how.outcome().toString();
    reason = how.reason();
    Duration first = how.timeToFirstStatement();
    timeToFirstStatement = first == null ? -1 : first.toNanos();
    connectionWait = how.connectionWait().toNanos();
    connectionHeld = how.connectionHeld().toNanos();
    statements = how.statements();
    statementTime = how.statementTime().toNanos();
    savepoints = how.savepoints();
  }
}
