package io.txhost.spring.boot;

import io.txhost.TransactionHost;
import io.txhost.jdbi.JdbiAdapter;
import java.sql.Connection;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** A Jdbi bean. */
final class JoiningJdbi extends JoiningLibrary<Jdbi, Handle> {
  JoiningJdbi(String bean, String host) {
    super(Jdbi.class, bean, host);
  }

  TransactionHost<Handle> view(Jdbi jdbi) {
    return viewBy(jdbi);
  }

  @Override
  TransactionHost<Handle> joined(TransactionHost<Connection> host, Jdbi jdbi) {
    return JdbiAdapter.view(host, jdbi);
  }
}
