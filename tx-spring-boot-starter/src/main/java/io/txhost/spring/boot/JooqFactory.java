package io.txhost.spring.boot;

import io.txhost.TransactionHost;
import io.txhost.jooq.JooqAdapter;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.tools.jdbc.JDBCUtils;
import org.springframework.beans.factory.ObjectProvider;

/** Makes a Configuration where there is none for the host. */
final class JooqFactory {
  private JooqFactory() {}

  static TransactionHost<DSLContext> view(
      TransactionHost<Connection> host, DataSource pool, ObjectProvider<Settings> settings) {
    DefaultConfiguration made = new DefaultConfiguration();
    made.set(dialectOf(pool));
    settings.ifAvailable(made::set);
    return JooqAdapter.view(host, made);
  }

  /**
   * As Spring Boot finds it.
   *
   * @throws IllegalStateException TXH-662 if the database does not answer
   */
  static SQLDialect dialectOf(DataSource pool) {
    try (Connection connection = pool.getConnection()) {
      return JDBCUtils.dialect(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "TXH-662 jOOQ's dialect cannot be found, since the database does not answer: if the"
              + " database may be down at the start, declare an org.jooq.Configuration bean with a"
              + " dialect",
          e);
    }
  }
}
