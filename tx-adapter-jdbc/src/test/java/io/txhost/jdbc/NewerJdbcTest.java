package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionCompletedException;
import io.txhost.TransactionOptions;
import io.txhost.spi.TransactionSignals;
import io.txhost.test.Database;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.NClob;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What JDBC 4.5 of Java 26 adds, on JDKs without it: connections quote, and large objects are
 * closed. {@link ForwardingTest} looks at whatever the running JDK has.
 */
class NewerJdbcTest extends JdbcFixture {
  @Override
  Database openDatabase() {
    return Database.h2();
  }

  // connections that quote

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionQuotesAsTheDriversStatementDoes(boolean inside) throws Exception {
    if (inside) {
      host.withTransaction(this::quotesAsTheDriversStatementDoes);
    } else {
      quotesAsTheDriversStatementDoes();
    }

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(recorder.transcript()).doesNotContain("SQL", "COMMIT");
  }

  private void quotesAsTheDriversStatementDoes() throws SQLException {
    GuardedConnection ours = (GuardedConnection) host.tx();
    try (Connection connection = database.dataSource().getConnection();
        Statement drivers = connection.createStatement()) {
      for (String text : List.of("x", "it's", "a b", "select", "")) {
        assertThat(ours.enquoteLiteral(text)).isEqualTo(drivers.enquoteLiteral(text));
        assertThat(ours.enquoteNCharLiteral(text)).isEqualTo(drivers.enquoteNCharLiteral(text));
        assertThat(ours.isSimpleIdentifier(text)).isEqualTo(drivers.isSimpleIdentifier(text));
        assertThat(ours.enquoteIdentifier(text, true))
            .isEqualTo(drivers.enquoteIdentifier(text, true));
      }
      assertThat(ours.enquoteIdentifier("a b", false)).isEqualTo("\"a b\"");
    }
  }

  @Test
  void aConnectionsQuotingIsRefusedAfterTheEnd() {
    GuardedConnection kept = (GuardedConnection) host.withTransaction(host::tx);

    assertThatThrownBy(() -> kept.enquoteLiteral("x"))
        .isInstanceOf(TransactionCompletedException.class);
  }

  // objects that are closed

  static Stream<Class<?>> largeObjects() {
    return Stream.of(Blob.class, Clob.class, NClob.class, SQLXML.class, Array.class);
  }

  @ParameterizedTest
  @MethodSource("largeObjects")
  void anObjectIsClosedAsItIsFreedInsideAndAfterTheEnd(Class<?> kind) throws Throwable {
    Method close = AutoCloseable.class.getMethod("close");
    Drivers drivers = new Drivers();
    Object real =
        Proxy.newProxyInstance(
            NewerJdbcTest.class.getClassLoader(),
            new Class<?>[] {kind, AutoCloseable.class},
            drivers);
    JdbcTransaction transaction = transaction();
    Object kept = DriverObject.guarded(transaction, real);
    call(kept, close);
    transaction.rollback();
    assertThat(drivers.calls).containsExactly("close");

    assertThatCode(() -> call(kept, close)).doesNotThrowAnyException();
    assertThatCode(() -> call(kept, kind.getMethod("free"))).doesNotThrowAnyException();
    assertThat(drivers.calls).containsExactly("close");
  }

  @ParameterizedTest
  @MethodSource("largeObjects")
  void afterTheEndNothingElseOfItWorks(Class<?> kind) throws Exception {
    Object real =
        Proxy.newProxyInstance(
            NewerJdbcTest.class.getClassLoader(), new Class<?>[] {kind}, new Drivers());
    JdbcTransaction transaction = transaction();
    Object kept = DriverObject.guarded(transaction, real);
    transaction.rollback();

    for (Method method : kind.getMethods()) {
      boolean frees = List.of("free", "close").contains(method.getName());
      if (!Modifier.isStatic(method.getModifiers()) && !frees) {
        Object[] arguments = new Object[method.getParameterCount()];
        assertThatThrownBy(() -> Proxy.getInvocationHandler(kept).invoke(kept, method, arguments))
            .as(method.toString())
            .isInstanceOf(TransactionCompletedException.class);
      }
    }
  }

  private JdbcTransaction transaction() {
    return new JdbcTransaction(
        new ConnectionSource(recorder), TransactionOptions.defaults(), new Unlimited());
  }

  private static final class Unlimited implements TransactionSignals {
    @Override
    public Optional<Duration> remainingTime() {
      return Optional.empty();
    }

    @Override
    public void lost(Throwable cause) {
      throw new AssertionError(cause);
    }

    @Override
    public void acquired() {
      // the pool knows
    }

    @Override
    public void released() {
      // the pool knows
    }
  }

  private static void call(Object object, Method method) throws Exception {
    try {
      Proxy.getInvocationHandler(object).invoke(object, method, new Object[0]);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Notes what reaches the driver's object. */
  private static final class Drivers implements InvocationHandler {
    private final List<String> calls = new ArrayList<>();

    @Override
    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments) {
      calls.add(method.getName());
      return null;
    }
  }
}
