package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.txhost.CommitOutcomeUnknownException;
import io.txhost.Propagation;
import io.txhost.Transaction;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionException;
import io.txhost.UnexpectedRollbackException;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.jdbc.PgConnection;

/**
 * A connection that is closed before COMMIT is sent, on PostgreSQL: by HikariCP, which closes one
 * at any failure of SQLSTATE 0A000, by who has the driver's own, and by the server, which says so.
 */
class ClosedBeforeCommitTest extends JdbcFixture {
  @Override
  Database openDatabase() throws SQLException {
    return Database.postgres();
  }

  @Override
  PoolOptions poolOptions() {
    return PoolOptions.defaults().size(1);
  }

  /** What pgjdbc does not do, and says so without asking the server. */
  enum Missing {
    CLOB(test -> test.host.tx().createClob()),
    STRUCT(test -> test.host.tx().createStruct("x", new Object[0])),
    NCLOB(test -> test.setting(set -> set.setNClob(1, new StringReader("x")))),
    NATIONAL_STREAM(test -> test.setting(set -> set.setNCharacterStream(1, new StringReader("x")))),
    ROW_ID(test -> test.setting(set -> set.setRowId(1, null))),
    URL_OF_A_ROW(test -> test.getting(row -> row.getURL(1))),
    ROW_ID_OF_A_ROW(test -> test.getting(row -> row.getRowId(1))),
    REF_OF_A_ROW(test -> test.getting(row -> row.getRef(1)));

    private final Asking asking;

    Missing(Asking asking) {
      this.asking = asking;
    }
  }

  private interface Asking {
    void run(ClosedBeforeCommitTest test) throws SQLException;
  }

  private interface OfStatement {
    void run(PreparedStatement statement) throws SQLException;
  }

  private interface OfRow {
    void run(ResultSet row) throws SQLException;
  }

  private void setting(OfStatement action) throws SQLException {
    try (PreparedStatement statement =
        host.tx().prepareStatement("insert into item (id, label) values (7, ?)")) {
      action.run(statement);
    }
  }

  private void getting(OfRow action) throws SQLException {
    try (Statement statement = host.tx().createStatement();
        ResultSet row = statement.executeQuery("select 1")) {
      row.next();
      action.run(row);
    }
  }

  @ParameterizedTest // A33
  @EnumSource
  void whatThePoolClosedAtAFailureThatWasSwallowedIsRolledBackByThatFailure(Missing missing)
      throws Exception {
    AtomicReference<SQLException> swallowed = new AtomicReference<>();
    AtomicReference<Transaction.Outcome> outcome = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      host.currentTransaction().orElseThrow().afterCompletion(outcome::set);
                      insert(1);
                      swallowed.set(
                          catchThrowableOfType(SQLException.class, () -> missing.asking.run(this)));
                      assertThat(catchThrowable(() -> insert(2)))
                          .hasMessageStartingWith("TXH-504")
                          .hasCause(swallowed.get());
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(swallowed.get());

    assertThat(swallowed.get().getSQLState()).isEqualTo("0A000");
    assertThat(outcome.get()).isEqualTo(Transaction.Outcome.ROLLED_BACK);
    theNextTransactionIsAsUsual();
  }

  private void theNextTransactionIsAsUsual() throws Exception {
    assertThat(recorder.connectionsOut()).isZero();
    assertThat(rows()).isEmpty();
    host.withTransaction(() -> insert(9));
    assertThat(rows()).containsExactly(9);
  }

  @Test
  void theFailureItselfLeavesAsItIsAndNoRollbackIsTried() throws Exception {
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      host.tx().createClob();
                    }));

    assertThat(failure.getSQLState()).isEqualTo("0A000");
    assertThat(recorder.transcript()).contains("ABORT").doesNotContain("ROLLBACK failed");
    assertThat(failure.getSuppressed()).noneMatch(TransactionException.class::isInstance);
    theNextTransactionIsAsUsual();
  }

  @Test
  void aNestedBlockCannotBringItBack() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      assertThat(
                              catchThrowable(
                                  () ->
                                      host.withTransaction(
                                          Propagation.NESTED,
                                          () -> {
                                            insert(2);
                                            host.tx().createClob();
                                          })))
                          .hasFieldOrPropertyWithValue("SQLState", "0A000");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    theNextTransactionIsAsUsual();
  }

  @Test
  void whereNothingHadBeenSentNothingIsLost() throws Exception {
    assertThat(
            catchThrowable(
                () -> host.withTransaction(() -> catchThrowable(() -> host.tx().createClob()))))
        .isNotInstanceOf(CommitOutcomeUnknownException.class);

    theNextTransactionIsAsUsual();
  }

  @Test // A33
  void whatIsClosedUnseenIsRolledBackToo() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      host.tx().unwrap(PgConnection.class).close();
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasMessageStartingWith("TXH-528");

    theNextTransactionIsAsUsual();
  }

  // the server's own word

  @ParameterizedTest // A33
  @CsvSource({"idle_in_transaction_session_timeout, 25P03", "transaction_timeout, 25P04"})
  void aServerThatSaysThatItHadEndedTheSessionHasRolledBack(String setting, String state)
      throws Exception {
    TransactionCommitException failure =
        catchThrowableOfType(
            TransactionCommitException.class,
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      waitForTheEndOfTheSession(setting);
                    }));

    assertThat(failure).isNotInstanceOf(CommitOutcomeUnknownException.class);
    assertThat(failure.outcome()).isEqualTo(Transaction.Outcome.ROLLED_BACK);
    assertThat(failure.getCause()).hasFieldOrPropertyWithValue("SQLState", state);
    theNextTransactionIsAsUsual();
  }

  @ParameterizedTest // A24
  @CsvSource({"idle_in_transaction_session_timeout, 25P03", "transaction_timeout, 25P04"})
  void andWhereAStatementIsToldThatIsTheCause(String setting, String state) throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      waitForTheEndOfTheSession(setting);
                      assertThat(catchThrowable(() -> insert(2))).isInstanceOf(SQLException.class);
                      assertThat(catchThrowable(() -> insert(3))).hasMessageStartingWith("TXH-504");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasFieldOrPropertyWithValue("SQLState", state);

    theNextTransactionIsAsUsual();
  }

  private void waitForTheEndOfTheSession(String setting) throws SQLException {
    String pid = ask("select pg_backend_pid()");
    update("set local " + setting + " = '100ms'");
    try (Connection other = database.dataSource().getConnection()) {
      String left = "1";
      for (int i = 0; i < 500 && left.equals("1"); i++) {
        ask(other, "select pg_sleep(0.02)");
        left = ask(other, "select count(*) from pg_stat_activity where pid = " + pid);
      }
      assertThat(left).isEqualTo("0");
    }
  }
}
