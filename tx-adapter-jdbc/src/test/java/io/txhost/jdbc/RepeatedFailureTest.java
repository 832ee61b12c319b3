package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionCommitException;
import io.txhost.TransactionException;
import io.txhost.test.Database;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver that throws one and the same failure from all it is asked to end. */
class RepeatedFailureTest extends JdbcFixture {
  private Throwable failure = new SQLException();
  private Set<String> failing = Set.of();

  @Override
  Database openDatabase() {
    return Database.h2();
  }

  @BeforeEach
  void throughTheDriver() {
    failing = Set.of();
    use(wrapped(DataSource.class, pool));
  }

  private <P> P wrapped(Class<P> type, Object below) {
    return type.cast(
        Proxy.newProxyInstance(
            RepeatedFailureTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, given) -> answer(below, method, given)));
  }

  private @Nullable Object answer(Object below, Method method, Object @Nullable [] given)
      throws Throwable {
    Object answer;
    try {
      answer = method.invoke(below, given);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    if (below instanceof Statement && failing.contains("Statement." + method.getName())
        || below instanceof Connection && failing.contains("Connection." + method.getName())) {
      throw failure;
    }
    return answer instanceof Connection connection
        ? wrapped(Connection.class, connection)
        : answer instanceof PreparedStatement statement
            ? wrapped(PreparedStatement.class, statement)
            : answer instanceof Statement statement ? wrapped(Statement.class, statement) : answer;
  }

  private void failsBy(boolean checked, String... calls) {
    failure = checked ? new SQLException("as before") : new IllegalStateException("as before");
    failing = Set.of(calls);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aViewGivesEachConnectionBack(boolean checked) throws Exception {
    Connection view = host.tx();
    view.createStatement().executeQuery("select 1");
    view.createStatement().executeQuery("select 2");
    assertThat(pool.connectionsOut()).isEqualTo(2);
    failsBy(checked, "Statement.close");

    assertThatThrownBy(view::close).isSameAs(failure);
    assertThat(pool.connectionsOut()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatCannotBeClosedIsNotCommitted(boolean checked) throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      host.tx().createStatement().executeQuery("select 1");
                      host.tx().createStatement().executeQuery("select 2");
                      failsBy(checked, "Statement.close");
                    }))
        .isInstanceOf(TransactionCommitException.class)
        .hasMessageContaining("COMMIT was not sent")
        .hasCause(failure);
    failing = Set.of();
    assertThat(rows()).isEmpty();
    assertThat(pool.connectionsOut()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionIsThrownAwayThoughEachStepFails(boolean checked) throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      failsBy(
                          checked,
                          "Connection.rollback",
                          "Connection.getMetaData",
                          "Connection.abort",
                          "Connection.unwrap",
                          "Connection.close");
                      host.currentTransaction().orElseThrow().setRollbackOnly();
                    }))
        .isInstanceOf(TransactionException.class)
        .hasCause(failure);
    failing = Set.of();
    assertThat(rows()).isEmpty();
    assertThat(pool.connectionsOut()).isZero();
  }
}
