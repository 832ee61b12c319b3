package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Propagation;
import io.txhost.UnexpectedRollbackException;
import io.txhost.jdbc.MariaDbQuirks.Driver;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * On a MariaDB that rolls back the whole transaction where a lock is waited for too long; by
 * default it undoes that statement alone, which {@link MariaDbQuirks} shows.
 */
@ParameterizedClass
@CsvSource({"MARIADB, true", "MARIADB, false", "MYSQL, true", "MYSQL, false"})
class MariaDbRollbackOnTimeoutTest {
  private static final String[] SETTINGS = {
    "--innodb-rollback-on-timeout=on", "--innodb-lock-wait-timeout=1"
  };

  private final Driver driver;
  private final boolean autoCommit;

  MariaDbRollbackOnTimeoutTest(Driver driver, boolean autoCommit) {
    this.driver = driver;
    this.autoCommit = autoCommit;
  }

  private static void isTheTimeout(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1205));
  }

  /** The server's code of the first failure of its in the chain of causes. */
  private static int namedBy(Throwable thrown) {
    Throwable cause = thrown;
    while (!(cause instanceof SQLException failure)) {
      assertThat(cause.getCause()).as("a failure of the server's behind " + thrown).isNotNull();
      cause = cause.getCause();
    }
    return failure.getErrorCode();
  }

  @Nested
  class OnOneDriverAndPool extends JdbcFixture {
    @Override
    Database openDatabase() throws SQLException {
      return driver == Driver.MARIADB
          ? Database.mariaDb(SETTINGS)
          : Database.mariaDbThroughMySqlDriver(SETTINGS);
    }

    @Override
    PoolOptions poolOptions() {
      return PoolOptions.defaults().autoCommit(autoCommit);
    }

    @Test // A24
    void aSwallowedLockWaitTimeoutLosesTheTransaction() throws Exception {
      outside("insert into item (id, label) values (7, 'x')");
      try (Connection other = database.dataSource().getConnection();
          Statement holding = other.createStatement()) {
        other.setAutoCommit(false);
        holding.execute("update item set label = 'y' where id = 7");

        assertThatThrownBy(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(1);
                          assertThatThrownBy(this::updateWhatIsHeld)
                              .isInstanceOf(SQLException.class);
                          assertThat(catchThrowable(() -> insert(2))).isNotNull();
                        }))
            .isInstanceOf(UnexpectedRollbackException.class)
            .cause()
            .isInstanceOfSatisfying(
                SQLException.class, lost -> assertThat(lost.getErrorCode()).isEqualTo(1205));
        other.rollback();
      }

      assertThat(rows()).containsExactly(7);
      host.withTransaction(() -> insert(3));
      assertThat(rows()).containsExactly(3, 7);
    }

    @Test // A24: named by the savepoint that does not exist
    void aLockWaitTimeoutInANestedBlockIsTheCauseNotTheSavepointThatWentWithIt() throws Exception {
      isTheCause(
          () ->
              assertThat(
                      catchThrowable(
                          () ->
                              host.withTransaction(
                                  Propagation.NESTED,
                                  () -> {
                                    insert(2);
                                    updateWhatIsHeld();
                                  })))
                  .satisfies(MariaDbRollbackOnTimeoutTest::isTheTimeout));
    }

    @Test // A24
    void norWhereItWasSwallowedInTheBlock() throws Exception {
      isTheCause(
          () ->
              assertThat(
                      catchThrowable(
                          () ->
                              host.withTransaction(
                                  Propagation.NESTED,
                                  () -> {
                                    insert(2);
                                    assertThat(catchThrowable(this::updateWhatIsHeld))
                                        .satisfies(MariaDbRollbackOnTimeoutTest::isTheTimeout);
                                  })))
                  .isNotNull());
    }

    @Test // A24
    void norWhereTheUsersOwnSavepointIsGoneBackTo() throws Exception {
      isTheCause(
          () -> {
            Savepoint mine = host.tx().setSavepoint();
            assertThat(catchThrowable(this::updateWhatIsHeld)).isNotNull();
            assertThat(catchThrowable(() -> host.tx().rollback(mine))).isNotNull();
          });
    }

    @Test // A24
    void norWhereItIsReleased() throws Exception {
      isTheCause(
          () -> {
            Savepoint mine = host.tx().setSavepoint();
            assertThat(catchThrowable(this::updateWhatIsHeld)).isNotNull();
            assertThat(catchThrowable(() -> host.tx().releaseSavepoint(mine))).isNotNull();
          });
    }

    private void isTheCause(SqlCall.Action swallowed) throws Exception {
      outside("insert into item (id, label) values (7, 'x')");
      try (Connection other = database.dataSource().getConnection();
          Statement holding = other.createStatement()) {
        other.setAutoCommit(false);
        holding.execute("update item set label = 'y' where id = 7");

        assertThatThrownBy(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(1);
                          swallowed.run();
                          assertThat(catchThrowable(() -> insert(3))).isNotNull();
                        }))
            .isInstanceOf(UnexpectedRollbackException.class)
            .satisfies(e -> assertThat(namedBy(e)).isEqualTo(1205));
        other.rollback();
      }

      assertThat(rows()).containsExactly(7);
      host.withTransaction(() -> insert(4));
      assertThat(rows()).containsExactly(4, 7);
    }

    private void updateWhatIsHeld() throws SQLException {
      update("update item set label = 'z' where id = 7");
    }
  }
}
