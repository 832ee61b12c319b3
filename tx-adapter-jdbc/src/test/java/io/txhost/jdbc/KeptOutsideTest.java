package io.txhost.jdbc;

import io.txhost.test.Database;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbc.JdbcStatement;
import org.junit.jupiter.api.Nested;
import org.postgresql.PGConnection;

/** {@link KeptOutside} on each server. */
class KeptOutsideTest {

  @Nested
  class OnH2 extends KeptOutside {
    @Override
    Database openDatabase() {
      return Database.h2();
    }

    @Override
    Class<?> driverConnection() {
      return JdbcConnection.class;
    }

    @Override
    Class<? extends Statement> driverStatement() {
      return JdbcStatement.class;
    }

    @Override
    List<String> hiddenWrites() {
      return List.of(
          "select 1 // it's a comment\n; insert into item (id) values (1)",
          "with a as (select 1) create table made as select * from a",
          "with a as (select 1) insert into item (id) select * from a",
          "select * from final table (insert into item (id) values (1))");
    }
  }

  @Nested
  class OnPostgres extends KeptOutside {
    @Override
    Database openDatabase() throws SQLException {
      return Database.postgres();
    }

    @Override
    Class<?> driverConnection() {
      return PGConnection.class;
    }

    @Override
    @SuppressWarnings("unchecked")
    Class<? extends Statement> driverStatement() {
      try {
        return (Class<? extends Statement>) Class.forName("org.postgresql.jdbc.PgStatement");
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    void setText(PreparedStatement statement, int index, byte[] text) throws SQLException {
      statement.setString(index, text(text)); // its bytes are no text
    }

    @Override
    List<String> hiddenWrites() {
      return List.of(
          "explain analyze create table made as select 1",
          "explain (analyze) create materialized view made as select 1",
          "prepare p as insert into item (id) values (1); explain analyze execute p",
          "select 1 into made",
          "with a as (insert into item (id) values (1) returning id) select * from a");
    }
  }

  @Nested
  class OnMariaDb extends KeptOutside {
    @Override
    Database openDatabase() throws SQLException {
      return Database.mariaDb();
    }

    @Override
    Class<?> driverConnection() {
      return org.mariadb.jdbc.Connection.class;
    }

    @Override
    Class<? extends Statement> driverStatement() {
      return org.mariadb.jdbc.Statement.class;
    }

    @Override
    List<String> hiddenWrites() {
      return List.of(
          "create temporary table made (a int); insert into item (id) values (1)",
          "/*! insert into item (id) values (1) */",
          "set statement max_statement_time = 9 for insert into item (id) values (1)",
          "analyze format = json insert into item (id) values (1)");
    }
  }
}
