package io.txhost.benchmarks;

import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionalCallable;
import io.txhost.benchmarks.Case.Peer;
import io.txhost.context.Context;
import io.txhost.context.ContextMode;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;

/** txhost by call, on plain JDBC. */
final class OfTxhost {
  private static final TransactionOptions READ_ONLY = TransactionOptions.defaults().readOnly(true);
  private static final TransactionalCallable<Object, RuntimeException> READY = () -> "ready";

  private final TransactionHost<Connection> host;

  OfTxhost(DataSource dataSource) {
    host = TransactionHost.create(JdbcAdapter.over(dataSource));
  }

  static void add(Scenarios all) {
    on(all, Case.TX, host -> host.inside(host.host::tx));
    on(all, Case.ACTIVE, host -> host.inside(host.host::isTransactionActive));
    on(all, Case.JOIN, host -> host.inside(() -> host.host.withTransaction(READY)));
    on(all, Case.EMPTY, host -> () -> host.host.withTransaction(READY));
    on(all, Case.STATEMENT, OfTxhost::inOneTransaction);
    on(all, Case.READ_ONLY, OfTxhost::readOnly);
    on(all, Case.ANOTHER, host -> host.withConnection(host::statement));
    on(all, Case.ANOTHER_LONG, host -> host.withConnection(host::longStatement));
    on(all, Case.ROW, OfTxhost::row);
    on(
        all,
        Case.NESTED,
        host -> host.inside(() -> host.host.withTransaction(Propagation.NESTED, READY)));
    on(all, Case.REQUIRES_NEW, OfTxhost::requiresNew);
    all.add(Case.DEPTH, Peer.TXHOST, driver -> deep(new OfTxhost(driver.dataSource()), 64));
    all.add(Case.DEPTH, Peer.OWN, driver -> deep(new OfTxhost(driver.dataSource()), 1));
    all.add(Case.HOSTS, Peer.TXHOST, driver -> among(16, driver));
    all.add(Case.HOSTS, Peer.OWN, driver -> among(1, driver));
  }

  private static void on(Scenarios all, Case what, Function<OfTxhost, Scenario> how) {
    all.add(what, Peer.TXHOST, driver -> how.apply(new OfTxhost(driver.dataSource())));
  }

  private Object statement() throws SQLException {
    return Jdbc.statement(host.tx());
  }

  private Object query() throws SQLException {
    return Jdbc.query(host.tx());
  }

  private Object longStatement() throws SQLException {
    return Jdbc.statement(host.tx(), Jdbc.LONG);
  }

  // what is called is ready-made, as the peers' is

  private Scenario inOneTransaction() {
    TransactionalCallable<Object, SQLException> work = this::statement;
    return () -> host.withTransaction(work);
  }

  private Scenario readOnly() {
    TransactionalCallable<Object, SQLException> work = this::query;
    return () -> host.withTransaction(READ_ONLY, work);
  }

  private Scenario requiresNew() {
    TransactionalCallable<Object, SQLException> work = this::statement;
    return withConnection(() -> host.withTransaction(Propagation.REQUIRES_NEW, work));
  }

  private Scenario inside(Scenario scenario) {
    return scenario.within(loop -> host.withTransaction(loop::run));
  }

  /** Inside a transaction that has its connection. */
  private Scenario withConnection(Scenario scenario) {
    return scenario.within(
        loop ->
            host.<Throwable>withTransaction(
                () -> {
                  statement();
                  loop.run();
                }));
  }

  private static Scenario row(OfTxhost of) {
    Jdbc.Rows rows = new Jdbc.Rows();
    Scenario scenario = rows::row;
    return scenario.within(
        loop -> of.host.<Throwable>withTransaction(() -> Jdbc.reading(of.host.tx(), rows, loop)));
  }

  /** Inside as many contexts, each within the one before. */
  private static Scenario deep(OfTxhost of, int depth) {
    Scenario scenario = of::statement;
    return scenario.within(
        loop -> of.host.<Throwable>withTransaction(() -> inContexts(depth, loop)));
  }

  private static void inContexts(int depth, Scenario.Loop loop) throws Throwable {
    if (depth == 0) {
      loop.run();
    } else {
      Context.<Throwable>run(ContextMode.INHERIT, () -> inContexts(depth - 1, loop));
    }
  }

  /** On the outermost of as many hosts, each with a transaction inside the one before. */
  private static Scenario among(int hosts, FreeDriver outermost) {
    List<OfTxhost> all = new ArrayList<>();
    all.add(new OfTxhost(outermost.dataSource()));
    for (int i = 1; i < hosts; i++) {
      all.add(new OfTxhost(new FreeDriver().dataSource()));
    }
    Scenario scenario = all.get(0)::statement;
    return scenario.within(loop -> inTransactions(all, loop));
  }

  private static void inTransactions(List<OfTxhost> hosts, Scenario.Loop loop) throws Throwable {
    if (hosts.isEmpty()) {
      loop.run();
    } else {
      hosts
          .get(0)
          .host
          .<Throwable>withTransaction(() -> inTransactions(hosts.subList(1, hosts.size()), loop));
    }
  }
}
