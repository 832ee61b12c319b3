package io.txhost.benchmarks;

import io.txhost.TransactionHost;
import io.txhost.TransactionalCallable;
import io.txhost.benchmarks.Case.Peer;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.jooq.JooqAdapter;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;

/** txhost with Jdbi and with jOOQ. */
final class OfTxhostLibraries {
  private OfTxhostLibraries() {}

  static void add(Scenarios all) {
    all.add(
        Case.JDBI,
        Peer.TXHOST,
        driver -> {
          TransactionHost<Handle> host =
              TransactionHost.create(JdbiAdapter.over(Jdbi.create(driver.dataSource())));
          return transaction(host, () -> Libraries.statement(host.tx()));
        });
    all.add(
        Case.WITH_HANDLE,
        Peer.TXHOST,
        driver -> {
          Jdbi jdbi = Jdbi.create(driver.dataSource());
          TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
          Scenario scenario = () -> jdbi.withHandle(Libraries.HANDLE);
          return scenario.within(loop -> host.withTransaction(loop::run));
        });
    all.add(
        Case.JOOQ,
        Peer.TXHOST,
        driver -> {
          TransactionHost<DSLContext> host =
              TransactionHost.create(JooqAdapter.over(driver.dataSource(), SQLDialect.POSTGRES));
          return transaction(host, () -> Libraries.statement(host.tx()));
        });
  }

  private static Scenario transaction(
      TransactionHost<?> host, TransactionalCallable<Object, RuntimeException> work) {
    return () -> host.withTransaction(work);
  }
}
