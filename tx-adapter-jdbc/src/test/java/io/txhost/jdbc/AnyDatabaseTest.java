package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.IncompatibleTransactionException;
import io.txhost.Isolation;
import io.txhost.NestedTransactionNotSupportedException;
import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.test.Database;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A database that no dialect is written for: H2 under another name, so that only JDBC's promises
 * are relied on.
 */
class AnyDatabaseTest extends JdbcFixture {
  private static final TransactionOptions OPTIONS = TransactionOptions.defaults();

  private boolean hasSavepoints = true;

  @Override
  Database openDatabase() {
    return Database.h2();
  }

  @BeforeEach
  void underAnotherName() {
    hasSavepoints = true;
    use(wrapped(DataSource.class, pool));
  }

  private <P> P wrapped(Class<P> type, Object below) {
    return type.cast(
        Proxy.newProxyInstance(
            AnyDatabaseTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, given) -> answer(below, method, given)));
  }

  private @Nullable Object answer(Object below, Method method, Object @Nullable [] given)
      throws Throwable {
    switch (method.getName()) {
      case "getDatabaseProductName":
        return "Some database";
      case "getURL":
        return "jdbc:some://scott:tiger@host/db?password=tiger";
      case "supportsSavepoints":
        return hasSavepoints;
      default:
        try {
          Object answer = method.invoke(below, given);
          return answer instanceof Connection connection && below instanceof DataSource
              ? wrapped(Connection.class, connection)
              : answer instanceof DatabaseMetaData metaData
                  ? wrapped(DatabaseMetaData.class, metaData)
                  : answer;
        } catch (InvocationTargetException e) {
          throw e.getCause();
        }
    }
  }

  @Test
  void transactionsAndNestedBlocksWork() throws Exception {
    host.withTransaction(
        OPTIONS.isolation(Isolation.SERIALIZABLE),
        () -> {
          insert(1);
          assertThat(ask(database.isolationQuery())).isEqualTo("SERIALIZABLE");
          assertThat(
                  catchThrowable(
                      () ->
                          host.withTransaction(
                              Propagation.NESTED,
                              () -> {
                                insert(2);
                                throw new IllegalStateException("user");
                              })))
              .isNotNull();
        });

    assertThat(rows()).containsExactly(1);
    assertThat(ask(database.isolationQuery())).isEqualTo("READ COMMITTED");
  }

  @Test
  void snapshotIsRefusedAtTheFirstStatementAndAtBeginOnceTheDatabaseIsKnown()
      throws Exception { // A19
    TransactionOptions snapshot = OPTIONS.isolation(Isolation.SNAPSHOT);
    assertThatThrownBy(() -> host.withTransaction(snapshot, () -> insert(1)))
        .isInstanceOf(IncompatibleTransactionException.class)
        .hasMessageContaining("Some database at host/db")
        .hasMessageNotContaining("tiger");
    boolean[] ran = {false};
    assertThatThrownBy(() -> host.withTransaction(snapshot, () -> ran[0] = true))
        .isInstanceOf(IncompatibleTransactionException.class);

    assertThat(ran).containsExactly(false);
    assertThat(rows()).isEmpty();
  }

  @Test
  void nestedIsRefusedWhereThereAreNoSavepoints() throws Exception { // A9
    hasSavepoints = false;
    boolean[] ran = {false};
    host.withTransaction(
        () -> {
          insert(1);
          assertThatThrownBy(() -> host.withTransaction(Propagation.NESTED, () -> ran[0] = true))
              .isInstanceOf(NestedTransactionNotSupportedException.class);
        });

    assertThat(ran).containsExactly(false);
    assertThat(rows()).containsExactly(1);
  }

  @ParameterizedTest // A4
  @ValueSource(
      strings = {
        "insert into item (id) values (1)",
        "select id from final table (insert into item (id) values (1))",
        "call 1"
      })
  void readOnlyIsNotLeftToADriverThatTakesItForAHint(String sql) throws Exception {
    assertThatThrownBy(() -> host.withTransaction(OPTIONS.readOnly(true), () -> update(sql)))
        .isInstanceOf(SQLException.class)
        .hasFieldOrPropertyWithValue("SQLState", "25006");

    assertThat(rows()).isEmpty();
  }

  @Test
  void whatTheDriverSaysCommitsIsNotSent() throws Exception { // A24
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      update("create table made (id integer)");
                    }))
        .isInstanceOf(SQLException.class)
        .hasCauseInstanceOf(TransactionException.class)
        .hasMessageStartingWith("TXH-505");

    assertThat(rows()).isEmpty();
  }

  private Dialect dialect() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return new GenericDialect(connection.getMetaData());
    }
  }

  @Test
  void aQueryMayMakeATable() throws SQLException { // B11
    for (String sql :
        List.of(
            "select * into made from item",
            "SELECT * INTO \"made\" FROM item",
            "with a as (select 1) select * into #made from a",
            "explain analyze create table made as select 1")) {
      assertThat(dialect().read(sql).kind()).as(sql).isEqualTo(Sql.Kind.WRITES);
    }
  }

  @Test
  void beginMayOpenABlockOfProceduralCode() throws SQLException {
    Dialect dialect = dialect();
    for (String sql : List.of("begin", "BEGIN WORK", "begin; select 1", "begin tran")) {
      assertThat(dialect.read(sql).kind()).as(sql).isEqualTo(Sql.Kind.CONTROLS);
    }
    assertThat(dialect.read("begin p(1); end;").kind()).isEqualTo(Sql.Kind.WRITES);
    assertThat(dialect.read("begin p(1); commit; end;").kind()).isEqualTo(Sql.Kind.CONTROLS);
  }
}
