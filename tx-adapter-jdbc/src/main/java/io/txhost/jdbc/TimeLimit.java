package io.txhost.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A statement's query timeout. The driver has it during a call only: H2 keeps it for the whole
 * session, so it would be the timeout of all the other statements too, and of whoever borrows the
 * connection next. For that call it is the user's or what is left of the deadline, whichever is
 * shorter.
 *
 * <p>Not safe for use by several threads at once, as the statement.
 */
final class TimeLimit implements Timed {
  /** Of what is not sent by a statement. */
  static final TimeLimit NONE = new TimeLimit(null);

  private static final int UNTOUCHED = -1;

  private final @Nullable Statement driver;
  private int users = UNTOUCHED;
  private int before = UNTOUCHED;

  private TimeLimit(@Nullable Statement driver) {
    this.driver = driver;
  }

  static TimeLimit of(Statement driver) {
    return new TimeLimit(driver);
  }

  /**
   * In seconds, 0 for none.
   *
   * @throws SQLException the driver's own, if the statement is closed say
   */
  int get() throws SQLException {
    int drivers = driver().getQueryTimeout();
    return users == UNTOUCHED ? drivers : users;
  }

  /**
   * The user's own.
   *
   * @param seconds 0 for none
   * @throws SQLException the driver's own, if it is negative say
   */
  void set(int seconds) throws SQLException {
    Statement statement = driver();
    int now = statement.getQueryTimeout();
    statement.setQueryTimeout(seconds);
    users = seconds;
    statement.setQueryTimeout(now);
  }

  @Override
  public boolean hasTimeLimit() {
    return true;
  }

  @Override
  public TimeLimit timeLimit() {
    return this;
  }

  /** Whether the user has set one. */
  boolean isUsers() {
    return users != UNTOUCHED;
  }

  private Statement driver() {
    if (driver == null) {
      throw new IllegalStateException("no statement");
    }
    return driver;
  }

  /**
   * Tells the driver, before a call.
   *
   * @param left what is left of the deadline, in seconds, 0 for no deadline
   */
  void apply(int left) throws SQLException {
    if (driver == null || (left == 0 && users == UNTOUCHED)) {
      return;
    }
    int now = driver.getQueryTimeout();
    int wanted = shorter(users == UNTOUCHED ? now : users, left);
    if (wanted != now) {
      before = now;
      driver.setQueryTimeout(wanted);
    }
  }

  /**
   * Takes it from the driver for a call: whoever asks ends that in the driver's place.
   *
   * @return the user's own, in seconds, 0 for none
   */
  int takeOver() throws SQLException {
    if (driver == null) {
      return 0;
    }
    int now = driver.getQueryTimeout();
    if (now != 0) {
      before = now;
      driver.setQueryTimeout(0);
    }
    return users == UNTOUCHED ? now : users;
  }

  /** Ends the call under way, from another thread. */
  void cancel() throws SQLException {
    if (driver != null) {
      driver.cancel();
    }
  }

  private static int shorter(int one, int other) {
    return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
  }

  /**
   * Sets it back after the call.
   *
   * @throws SQLException if it cannot: the statement was closed meanwhile, say
   */
  void restore() throws SQLException {
    int was = before;
    if (driver != null && was != UNTOUCHED) {
      before = UNTOUCHED;
      driver.setQueryTimeout(was);
    }
  }
}
