package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.CannotBeginTransactionException;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.Transaction;
import io.txhost.Transaction.Outcome;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.tck.LoopbackProxy;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.ServerDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A13: the connection is cut at every byte that a transaction of one insert sends and gets; what
 * was reported is compared with what the server holds afterwards.
 */
@ExtendWith(NothingLeftBehind.class)
@Timeout(300)
class CutConnectionTest {

  /** Where and after how many bytes to cut. */
  private record Cut(Side side, Begins begins, long after) {}

  private enum Side {
    CLIENT,
    SERVER
  }

  /** From when on bytes count. */
  private enum Begins {
    /** Before the first statement. */
    AT_FIRST_STATEMENT,
    /** After the last, before COMMIT is called. */
    AT_COMMIT
  }

  /**
   * What the transaction of one insert was said to be, to its hook and to its caller, and what the
   * server has of it.
   */
  private record Ended(
      Outcome reported, @Nullable Throwable thrown, boolean commitCalled, boolean isThere) {

    boolean isWrong() {
      return switch (reported) {
        case COMMITTED -> !isThere || thrown != null;
        case ROLLED_BACK -> isThere || thrown == null;
        case UNKNOWN -> !commitCalled || !(thrown instanceof CommitOutcomeUnknownException);
      };
    }
  }

  @ParameterizedTest // A13
  @EnumSource
  void whatIsReportedOfACutConnectionIsNeverWrong(Endpoint endpoint) throws Exception {
    try (ServerDatabase database = endpoint.open();
        LoopbackProxy proxy = LoopbackProxy.before(database.port());
        HikariDataSource pool = poolOf(database, proxy, endpoint.autoCommit())) {
      Program program = new Program(database, proxy, pool);
      List<Cut> cuts = program.everyCut();

      Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
      List<String> wrong = new ArrayList<>();
      for (Cut cut : cuts) {
        Ended ended = program.run(cut);
        counts.merge(ended.reported(), 1, Integer::sum);
        if (ended.isWrong()) {
          wrong.add(cut + " -> " + ended);
        }
      }

      System.out.printf(
          "Cut connections, %s: cases %d, %s, wrong %d%n",
          endpoint, cuts.size(), counts, wrong.size());
      assertThat(wrong).isEmpty();
      assertThat(counts).as("every outcome was seen").containsOnlyKeys(Outcome.values());
    }
  }

  private static HikariDataSource poolOf(
      ServerDatabase database, LoopbackProxy proxy, boolean autoCommit) throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database.dataSourceAt(proxy.port()));
    config.setMaximumPoolSize(1);
    config.setAutoCommit(autoCommit);
    return new HikariDataSource(config);
  }

  /** One insert in a transaction, again and again with another id. */
  private static final class Program {
    private final ServerDatabase database;
    private final LoopbackProxy proxy;
    private final TransactionHost<Connection> host;
    private int id;

    Program(ServerDatabase database, LoopbackProxy proxy, HikariDataSource pool)
        throws SQLException {
      this.database = database;
      this.proxy = proxy;
      this.host = TransactionHost.create(JdbcAdapter.over(pool));
      direct("create table item (id integer primary key, label varchar(40))");
    }

    /** One for each byte of each side, and one after the last. */
    List<Cut> everyCut() throws SQLException {
      List<Cut> cuts = new ArrayList<>();
      for (Begins begins : Begins.values()) {
        assertThat(run(new Cut(Side.CLIENT, begins, Long.MAX_VALUE)).thrown()).isNull();
        long sent = proxy.sent();
        long answered = proxy.answered();
        for (long after = 0; after <= sent; after++) {
          cuts.add(new Cut(Side.CLIENT, begins, after));
        }
        for (long after = 0; after <= answered; after++) {
          cuts.add(new Cut(Side.SERVER, begins, after));
        }
      }
      return cuts;
    }

    Ended run(Cut cut) throws SQLException {
      id++;
      connectAnew();
      AtomicBoolean commitCalled = new AtomicBoolean();
      AtomicReference<Outcome> reported = new AtomicReference<>();
      Throwable thrown =
          catchThrowable(
              () ->
                  host.withTransaction(
                      () -> {
                        Transaction transaction = host.currentTransaction().orElseThrow();
                        transaction.afterCompletion(reported::set);
                        transaction.beforeCommit(
                            () -> { // nothing stands between this and COMMIT
                              commitCalled.set(true);
                              arm(cut, Begins.AT_COMMIT);
                            });
                        arm(cut, Begins.AT_FIRST_STATEMENT);
                        run(host.tx(), "insert into item (id, label) values (" + id + ", 'x')");
                      }));
      proxy.spare();
      return new Ended(reported.get(), thrown, commitCalled.get(), isThere());
    }

    /** The pool notices the last cut here, not in the transaction. */
    private void connectAnew() throws SQLException {
      for (int tries = 1; ; tries++) {
        try {
          host.withTransaction(() -> run(host.tx(), "select 1"));
          return;
        } catch (SQLException | CannotBeginTransactionException stale) {
          if (tries == 3) {
            throw stale;
          }
        }
      }
    }

    private void arm(Cut cut, Begins now) {
      if (cut.begins() == now) {
        proxy.reset();
        if (cut.side() == Side.CLIENT) {
          proxy.cutAfterSending(cut.after());
        } else {
          proxy.cutAfterAnswering(cut.after());
        }
      }
    }

    private static void run(Connection connection, String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    /**
     * Whether the row is committed: inserting it again waits for a transaction of the server that
     * is not over yet.
     */
    private boolean isThere() throws SQLException {
      try {
        direct("insert into item (id, label) values (" + id + ", 'probe')");
        return false;
      } catch (SQLException e) {
        if (e.getSQLState() != null && e.getSQLState().startsWith("23")) {
          return true;
        }
        throw e;
      }
    }

    private void direct(String sql) throws SQLException {
      try (Connection connection = database.dataSource().getConnection()) {
        run(connection, sql);
      }
    }
  }
}
