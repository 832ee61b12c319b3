package io.txhost.spring.boot;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jooq.JooqAdapter;
import java.sql.Connection;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DefaultTransactionProvider;

/** A Configuration bean of jOOQ's. */
final class JoiningConfiguration extends JoiningLibrary<Configuration, DSLContext> {
  private static final String BOOTS = "org.springframework.boot.";

  JoiningConfiguration(String bean, String host) {
    super(Configuration.class, bean, host);
  }

  TransactionHost<DSLContext> view(Configuration configuration) {
    return viewBy(configuration);
  }

  @Override
  TransactionHost<DSLContext> joined(TransactionHost<Connection> host, Configuration jooq) {
    if (jooq.transactionProvider().getClass().getName().startsWith(BOOTS)) {
      // nobody asked for it; one of the application's own is refused
      jooq.set(new DefaultTransactionProvider(jooq.connectionProvider()));
    }
    if (jooq.dialect() == SQLDialect.DEFAULT) { // the database did not answer when it was asked
      jooq.set(JooqFactory.dialectOf(JdbcAdapter.pool(host)));
    }
    return JooqAdapter.view(host, jooq);
  }
}
