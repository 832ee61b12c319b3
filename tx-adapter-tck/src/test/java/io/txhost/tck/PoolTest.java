package io.txhost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PoolTest {

  @Test
  void aPoolIsAsItsOptionsSay() throws SQLException {
    PoolOptions options =
        PoolOptions.defaults().size(1).autoCommit(false).connectionTimeout(Duration.ofSeconds(2));
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, options)) {
      try (Connection connection = pool.getConnection()) {
        assertThat(connection.getAutoCommit()).isFalse();
        assertThat(pool.connectionsOut()).isEqualTo(1);
        assertThatThrownBy(pool::getConnection).isInstanceOf(SQLTransientConnectionException.class);
      }
      assertThat(pool.connectionsOut()).isZero();
      assertThat(pool.unwrap(HikariDataSource.class).getMaximumPoolSize()).isEqualTo(1);
    }
  }

  @Test
  void withoutAPoolEachConnectionIsNewAndStillThereAreOnlySoMany() throws SQLException {
    PoolOptions options =
        PoolOptions.defaults().pooled(false).size(1).connectionTimeout(Duration.ofMillis(250));
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, options)) {
      Connection first = pool.getConnection();
      String id = Rows.askOn(first, database.connectionIdQuery());
      assertThatThrownBy(pool::getConnection).isInstanceOf(SQLTransientConnectionException.class);
      assertThat(pool.connectionsOut()).isEqualTo(1);
      first.close();
      first.close();
      assertThat(first.isClosed()).isTrue();
      assertThat(pool.connectionsOut()).isZero();

      try (Connection second = pool.getConnection()) {
        assertThat(second.getAutoCommit()).isTrue();
        assertThat(Rows.askOn(second, database.connectionIdQuery())).isNotEqualTo(id);
      }
    }
  }

  @Test
  void withoutAPoolAnAbortedConnectionIsOutNoMore() throws SQLException {
    PoolOptions options = PoolOptions.defaults().pooled(false).size(1).autoCommit(false);
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, options)) {
      Connection aborted = pool.getConnection();
      assertThat(aborted.getAutoCommit()).isFalse();
      aborted.abort(Runnable::run);
      aborted.close();

      pool.getConnection().close();
      assertThat(pool.connectionsOut()).isZero();
    }
  }
}
