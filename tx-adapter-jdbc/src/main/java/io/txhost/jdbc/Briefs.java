package io.txhost.jdbc;

import io.txhost.spi.ShortTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The transactions around the statements of one connection outside, one after another. One that may
 * write is committed with its statement; that of a query stays open until the next, or until its
 * asker or the connection is done.
 */
final class Briefs {
  private final Held held;

  /** Around a query whose results may still be read. */
  private @Nullable Brief open;

  /** Who began it: several statements may have one connection. */
  private @Nullable Object asker;

  Briefs(Held held) {
    this.held = held;
  }

  /** Begins the host's part of one. */
  interface Beginning {
    ShortTransaction<Connection> begin();
  }

  /**
   * The one that a statement is to be sent in: a new one, or that of the results which it is of.
   * Whatever fails there ends it; else {@link #sent} comes next.
   */
  Brief around(Sql sql, Beginning beginning) throws SQLException {
    boolean isOfOpenResults = sql == Sql.WRITE_ROW || sql == Sql.REFRESH_ROW;
    if (!isOfOpenResults) {
      end();
    }
    Brief around = open == null ? Brief.on(held, beginning.begin()) : open;
    open = null;
    return around;
  }

  /**
   * The statement was sent in it.
   *
   * @throws SQLException the database's refusal of the commit
   */
  void sent(Brief around, Sql sql, Object by) throws SQLException {
    if (sql.mayWrite()) {
      around.commit();
    } else {
      keepOpen(around, by);
    }
  }

  /** Begins one for what is sent by the driver's own object, until the next statement. */
  void escaping(Object by, Beginning beginning) throws SQLException {
    end();
    Brief around = Brief.on(held, beginning.begin());
    around.escaping();
    keepOpen(around, by);
  }

  private void keepOpen(Brief around, Object by) {
    open = around;
    asker = by;
  }

  /** The asker is done with what it has read. */
  void endOf(Object by) throws SQLException {
    if (asker == by) {
      end();
    }
  }

  /**
   * Ends what a query has left open.
   *
   * @throws SQLException if it did not commit
   */
  private void end() throws SQLException {
    Brief ending = open;
    open = null;
    asker = null;
    if (ending != null) {
      ending.commit();
    }
  }

  /** The same where nobody could be told: then the connection is not used again. */
  void endOrLose() {
    try {
      end();
    } catch (SQLException | RuntimeException e) {
      held.isUnfit(e);
    }
  }
}
