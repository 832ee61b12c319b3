package io.txhost.observe;

import io.txhost.spi.DetachedUse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * One line of the log for each event. What the core and the adapter log by themselves has no second
 * line here: rollbacks with their reasons, retries, and the texts of statements.
 */
final class LogLines implements Sink {
  private static final Logger LOG = System.getLogger("io.txhost.transactions");

  @Override
  public boolean isEnabled() {
    return LOG.isLoggable(Level.DEBUG);
  }

  @Override
  public Follower follow(Observed transaction) {
    Lines lines = new Lines(transaction);
    lines.began();
    return lines;
  }

  @Override
  public void detached(DetachedUse use) {
    LOG.log(
        Level.DEBUG,
        "'"
            + use.what()
            + "' was refused on host '"
            + use.host()
            + "': the work was handed over by thread "
            + use.from()
            + " in '"
            + use.boundary()
            + "', and fell out of its transaction");
  }

  /** Of one transaction. */
  private static final class Lines implements Follower {
    private final Observed transaction;
    private final String who;

    Lines(Observed transaction) {
      this.transaction = transaction;
      this.who = "Tx " + transaction.info.id() + " '" + transaction.info.name() + "'";
    }

    private void line(String what) {
      LOG.log(Level.DEBUG, who + " " + what);
    }

    void began() {
      line(
          "began on host '"
              + transaction.info.host()
              + "', thread '"
              + Names.of(transaction.opener)
              + "'"
              + (transaction.info.isReadOnly() ? ", read-only" : "")
              + (transaction.info.attempt() == 1 ? "" : ", attempt " + transaction.info.attempt()));
    }

    @Override
    public void joined(String boundary) {
      line("was joined by '" + boundary + "'");
    }

    @Override
    public void setAside() {
      line("was set aside");
    }

    @Override
    public void resumed() {
      line("goes on");
    }

    @Override
    public void savepoint(String boundary) {
      line("has a savepoint for '" + boundary + "'");
    }

    /** The core says why one was undone. */
    @Override
    public void savepointEnded(String boundary, boolean kept) {
      if (kept) {
        line("has kept '" + boundary + "'");
      }
    }

    @Override
    public void acquired(Duration wait) {
      line("got a connection after " + millis(wait));
    }

    @Override
    public void released(Duration held) {
      line("gave its connection back after " + millis(held));
    }

    @Override
    public void waited(Duration time) {
      line(
          "made thread '"
              + Names.of(Thread.currentThread())
              + "' wait "
              + millis(time)
              + " for its turn");
    }

    /** The core says why it was rolled back. */
    @Override
    public void ended(FinishedTransaction how) {
      switch (how.outcome()) {
        case COMMITTED -> line("was committed " + figures(how));
        case ROLLED_BACK -> line("is over " + figures(how));
        case UNKNOWN -> line("was committed or rolled back, which is not known, " + figures(how));
      }
    }

    private static String figures(FinishedTransaction how) {
      return "after "
          + millis(how.duration())
          + ": "
          + how.statements()
          + (how.statements() == 1 ? " statement in " : " statements in ")
          + millis(how.statementTime());
    }

    private static String millis(Duration time) {
      return time.toMillis() + " ms";
    }
  }
}
