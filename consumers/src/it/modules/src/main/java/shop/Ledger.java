package shop;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.jooq.JooqAdapter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;

/** Writes with each library, in one transaction. */
class Ledger {
  private final TransactionHost<Connection> jdbc;
  private final TransactionHost<Handle> jdbi;
  private final TransactionHost<DSLContext> jooq;

  Ledger(TransactionHost<Connection> host, DataSource dataSource) {
    jdbc = host;
    jdbi = JdbiAdapter.view(host, Jdbi.create(dataSource));
    jooq = JooqAdapter.view(host, SQLDialect.H2);
  }

  @Transactional
  public void debit(int amount) throws SQLException {
    try (Statement insert = jdbc.tx().createStatement()) {
      insert.execute("insert into ledger values (" + amount + ")");
    }
    jdbi.tx().execute("insert into ledger values (?)", amount);
    jooq.tx().execute("insert into ledger values (?)", amount);
    if (amount > 100) {
      throw new IllegalArgumentException("too much");
    }
  }
}
