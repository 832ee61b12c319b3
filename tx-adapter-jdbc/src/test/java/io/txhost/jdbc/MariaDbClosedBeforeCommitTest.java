package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.txhost.CommitOutcomeUnknownException;
import io.txhost.TransactionCommitException;
import io.txhost.UnexpectedRollbackException;
import io.txhost.jdbc.MariaDbQuirks.Driver;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * As {@link ClosedBeforeCommitTest}, on MariaDB: its server says nothing where it ends a session.
 */
@ParameterizedClass
@CsvSource({"MARIADB, true", "MARIADB, false", "MYSQL, true", "MYSQL, false"})
class MariaDbClosedBeforeCommitTest {
  private final Driver driver;
  private final boolean autoCommit;

  MariaDbClosedBeforeCommitTest(Driver driver, boolean autoCommit) {
    this.driver = driver;
    this.autoCommit = autoCommit;
  }

  @Nested
  class OnOneDriverAndPool extends JdbcFixture {
    @Override
    Database openDatabase() throws SQLException {
      return driver == Driver.MARIADB ? Database.mariaDb() : Database.mariaDbThroughMySqlDriver();
    }

    @Override
    PoolOptions poolOptions() {
      return PoolOptions.defaults().autoCommit(autoCommit).size(1);
    }

    private void theNextTransactionIsAsUsual() throws Exception {
      assertThat(recorder.connectionsOut()).isZero();
      assertThat(rows()).isEmpty();
      host.withTransaction(() -> insert(9));
      assertThat(rows()).containsExactly(9);
    }

    @Test // A33
    void whatThePoolClosedAtWhatTheDriverCannotDoIsRolledBack() throws Exception {
      assumeTrue(driver == Driver.MARIADB, "MySQL's driver says S1C00, which closes nothing");
      SQLException[] swallowed = {null};
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(1);
                        swallowed[0] =
                            catchThrowableOfType(
                                SQLException.class,
                                () -> host.tx().createStruct("x", new Object[0]));
                      }))
          .isInstanceOf(UnexpectedRollbackException.class)
          .satisfies(e -> assertThat(e.getCause()).isSameAs((Throwable) swallowed[0]));

      theNextTransactionIsAsUsual();
    }

    @Test // A33
    void whatIsClosedUnseenIsRolledBackToo() throws Exception {
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(1);
                        driversOwn().close();
                      }))
          .isInstanceOf(UnexpectedRollbackException.class)
          .cause()
          .hasMessageStartingWith("TXH-528");

      theNextTransactionIsAsUsual();
    }

    private Connection driversOwn() throws SQLException {
      return driver == Driver.MARIADB
          ? host.tx().unwrap(org.mariadb.jdbc.Connection.class)
          : host.tx().unwrap(com.mysql.cj.jdbc.JdbcConnection.class);
    }

    @Test // A13
    void aSessionThatTheServerEndedWithoutAWordIsUnknownAtItsCommit() throws Exception {
      TransactionCommitException failure =
          catchThrowableOfType(
              TransactionCommitException.class,
              () ->
                  host.withTransaction(
                      () -> {
                        insert(1);
                        waitForTheEndOfTheSession();
                      }));

      assertThat(failure).isInstanceOf(CommitOutcomeUnknownException.class);
      theNextTransactionIsAsUsual();
    }

    @Test // A24
    void andLostAtAStatementThatMeetsIt() throws Exception {
      SQLException[] swallowed = {null};
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(1);
                        waitForTheEndOfTheSession();
                        swallowed[0] = catchThrowableOfType(SQLException.class, () -> insert(2));
                        assertThat(catchThrowable(() -> insert(3)))
                            .hasMessageStartingWith("TXH-504");
                      }))
          .isInstanceOf(UnexpectedRollbackException.class)
          .satisfies(e -> assertThat(e.getCause()).isSameAs((Throwable) swallowed[0]));

      theNextTransactionIsAsUsual();
    }

    private void waitForTheEndOfTheSession() throws SQLException {
      String id = ask("select connection_id()");
      update("set session idle_transaction_timeout = 1");
      try (Connection other = database.dataSource().getConnection()) {
        String left = "1";
        for (int i = 0; i < 500 && left.equals("1"); i++) {
          ask(other, "select sleep(0.02)");
          left = ask(other, "select count(*) from information_schema.processlist where id = " + id);
        }
        assertThat(left).isEqualTo("0");
      }
    }
  }
}
