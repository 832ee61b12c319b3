package io.txhost.jdbc;

import io.txhost.Isolation;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.SQLException;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.Nested;
import org.postgresql.jdbc.PgConnection;

/** {@link StatementsInside} on H2 and PostgreSQL. */
class StatementsInsideTest {

  @Nested
  class OnH2 extends StatementsInside {
    @Override
    Database openDatabase() {
      return Database.h2();
    }

    @Override
    Class<? extends Connection> driverConnection() {
      return JdbcConnection.class;
    }

    @Override
    String keyColumn() {
      return "ID";
    }

    @Override
    String tableName() {
      return "ITEM";
    }

    @Override
    Isolation expectedLevel(Isolation asked) {
      return asked == Isolation.DEFAULT ? Isolation.READ_COMMITTED : asked;
    }
  }

  @Nested
  class OnPostgres extends StatementsInside {
    @Override
    Database openDatabase() throws SQLException {
      return Database.postgres();
    }

    @Override
    Class<? extends Connection> driverConnection() {
      return PgConnection.class;
    }

    @Override
    Isolation expectedLevel(Isolation asked) {
      return switch (asked) {
        case DEFAULT -> Isolation.READ_COMMITTED;
        case SNAPSHOT -> Isolation.REPEATABLE_READ;
        default -> asked;
      };
    }
  }
}
