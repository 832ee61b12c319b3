package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.UnexpectedRollbackException;
import io.txhost.jdbc.MariaDbQuirks.Driver;
import io.txhost.test.Database;
import io.txhost.test.PoolOptions;
import java.sql.Connection;
import java.sql.SQLException;
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

    private void updateWhatIsHeld() throws SQLException {
      update("update item set label = 'z' where id = 7");
    }
  }
}
