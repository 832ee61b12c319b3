package io.txhost.benchmarks;

import io.txhost.benchmarks.Case.Peer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring by call: a TransactionTemplate, and the connection as Spring's own classes ask for it. */
final class OfSpring {
  private static final TransactionCallback<Object> READY = status -> "ready";

  private final DataSource dataSource;
  private final DataSourceTransactionManager manager;
  private final TransactionTemplate required;

  OfSpring(DataSource dataSource) {
    this.dataSource = dataSource;
    this.manager = new DataSourceTransactionManager(dataSource);
    this.required = new TransactionTemplate(manager);
  }

  static void add(Scenarios all) {
    on(all, Case.TX, of -> of.inside(() -> DataSourceUtils.doGetConnection(of.dataSource)));
    on(
        all,
        Case.ACTIVE,
        of -> of.inside(TransactionSynchronizationManager::isActualTransactionActive));
    on(all, Case.JOIN, of -> of.inside(() -> of.required.execute(READY)));
    on(all, Case.EMPTY, of -> () -> of.required.execute(READY));
    on(all, Case.STATEMENT, OfSpring::inOneTransaction);
    on(all, Case.READ_ONLY, OfSpring::readOnly);
    on(all, Case.ANOTHER, of -> of.inside(of::statement));
    on(all, Case.ANOTHER_LONG, of -> of.inside(of::longStatement));
    on(all, Case.ROW, OfSpring::row);
    on(all, Case.NESTED, OfSpring::nested);
    on(all, Case.REQUIRES_NEW, OfSpring::requiresNew);
    on(all, Case.JDBI, OfSpring::jdbi);
    on(all, Case.WITH_HANDLE, OfSpring::withHandle);
    on(all, Case.JOOQ, OfSpring::jooq);
    lazy(all, Case.EMPTY, of -> () -> of.required.execute(READY));
    lazy(all, Case.STATEMENT, OfSpring::inOneTransaction);
    lazy(all, Case.READ_ONLY, OfSpring::readOnly);
    lazy(all, Case.ANOTHER, of -> of.inside(of::statement));
    lazy(all, Case.JDBI, OfSpring::jdbi);
    lazy(all, Case.JOOQ, OfSpring::jooq);
  }

  private static void on(Scenarios all, Case what, Function<OfSpring, Scenario> how) {
    all.add(what, Peer.SPRING, driver -> how.apply(new OfSpring(driver.dataSource())));
  }

  private static void lazy(Scenarios all, Case what, Function<OfSpring, Scenario> how) {
    all.add(
        what,
        Peer.LAZY,
        driver -> how.apply(new OfSpring(new LazyConnectionDataSourceProxy(driver.dataSource()))));
  }

  private Object statement() throws SQLException {
    return statement(FreeDriver.SQL);
  }

  private Object longStatement() throws SQLException {
    return statement(Jdbc.LONG);
  }

  private Object statement(String sql) throws SQLException {
    return statement(dataSource, sql);
  }

  static Object statement(DataSource dataSource, String sql) throws SQLException {
    Connection connection = DataSourceUtils.doGetConnection(dataSource);
    try {
      return Jdbc.statement(connection, sql);
    } finally {
      DataSourceUtils.doReleaseConnection(connection, dataSource);
    }
  }

  private Scenario inside(Scenario scenario) {
    return scenario.within(loop -> run(required, loop));
  }

  private static void run(TransactionTemplate template, Scenario.Loop loop) {
    template.executeWithoutResult(
        status -> {
          try {
            loop.run();
          } catch (Throwable e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private TransactionCallback<Object> work() {
    return status -> {
      try {
        return statement();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private Scenario inOneTransaction() {
    TransactionCallback<Object> work = work();
    return () -> required.execute(work);
  }

  private TransactionTemplate template(int propagation) {
    TransactionTemplate template = new TransactionTemplate(manager);
    template.setPropagationBehavior(propagation);
    return template;
  }

  private Scenario readOnly() {
    TransactionTemplate template = new TransactionTemplate(manager);
    template.setReadOnly(true);
    TransactionCallback<Object> work =
        status -> {
          try {
            return Jdbc.query(DataSourceUtils.doGetConnection(dataSource));
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        };
    return () -> template.execute(work);
  }

  private Scenario row() {
    Jdbc.Rows rows = new Jdbc.Rows();
    Scenario scenario = rows::row;
    return scenario.within(
        loop ->
            run(
                required,
                () -> Jdbc.reading(DataSourceUtils.doGetConnection(dataSource), rows, loop)));
  }

  private Scenario nested() {
    TransactionTemplate nested = template(TransactionDefinition.PROPAGATION_NESTED);
    return inside(() -> nested.execute(READY));
  }

  private Scenario requiresNew() {
    TransactionTemplate inner = template(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    TransactionCallback<Object> work = work();
    return inside(() -> inner.execute(work));
  }

  private Scenario jdbi() {
    Jdbi jdbi = Jdbi.create(new TransactionAwareDataSourceProxy(dataSource));
    TransactionCallback<Object> work = status -> jdbi.withHandle(Libraries::statement);
    return () -> required.execute(work);
  }

  private Scenario withHandle() {
    Jdbi jdbi = Jdbi.create(new TransactionAwareDataSourceProxy(dataSource));
    return inside(() -> jdbi.withHandle(Libraries.HANDLE));
  }

  private Scenario jooq() {
    DSLContext dsl =
        DSL.using(new TransactionAwareDataSourceProxy(dataSource), SQLDialect.POSTGRES);
    TransactionCallback<Object> work = status -> Libraries.statement(dsl);
    return () -> required.execute(work);
  }
}
