package io.txhost.benchmarks;

import io.txhost.benchmarks.Case.Peer;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** Hand-written JDBC, and the transactions that Jdbi and jOOQ have themselves. */
final class OfOthers {
  private OfOthers() {}

  static void add(Scenarios all) {
    all.add(Case.STATEMENT, Peer.HAND, driver -> () -> inTransaction(driver.dataSource()));
    all.add(Case.JDBI_OWN, Peer.OWN, driver -> jdbi(Jdbi.create(driver.dataSource())));
    all.add(
        Case.JOOQ_OWN,
        Peer.OWN,
        driver -> jooq(DSL.using(driver.dataSource(), SQLDialect.POSTGRES)));
  }

  private static Scenario jdbi(Jdbi jdbi) {
    return () -> jdbi.inTransaction(Libraries::statement);
  }

  private static Scenario jooq(DSLContext dsl) {
    return () -> dsl.transactionResult(inside -> Libraries.statement(inside.dsl()));
  }

  static Object inTransaction(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        Object result = Jdbc.statement(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException failure) {
        connection.rollback();
        throw failure;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }
}
