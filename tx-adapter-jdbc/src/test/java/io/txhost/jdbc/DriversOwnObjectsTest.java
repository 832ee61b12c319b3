package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.txhost.CannotBeginTransactionException;
import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.UnexpectedRollbackException;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.RecordingDataSource.Call;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.fastpath.FastpathArg;
import org.postgresql.jdbc.PgStatement;

/**
 * What is reached by unwrap on PostgreSQL. Its driver begins a COPY, a large object and a function
 * called by the fast path with a plain BEGIN, whatever setReadOnly said.
 */
class DriversOwnObjectsTest extends JdbcFixture {
  private static final TransactionOptions OPTIONS = TransactionOptions.defaults();
  private static final String IN_FORCE =
      "copy (select current_setting('transaction_isolation') || ' '"
          + " || current_setting('transaction_read_only')) to stdout";

  @Override
  Database openDatabase() throws SQLException {
    return Database.postgres();
  }

  @Override
  PoolOptions poolOptions() {
    return PoolOptions.defaults().size(1); // the next borrower has the same connection
  }

  private PGConnection drivers() throws SQLException {
    return host.tx().unwrap(PGConnection.class);
  }

  private static void copyIn(PGConnection drivers, String rows) throws SQLException {
    try {
      drivers.getCopyAPI().copyIn("copy item (id) from stdin", new StringReader(rows));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String inForce() throws SQLException {
    try {
      StringWriter answer = new StringWriter();
      drivers().getCopyAPI().copyOut(IN_FORCE, answer);
      return answer.toString().strip();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void theNextTransactionIsAsUsual() throws Exception {
    assertThat(host.withTransaction(this::inForce)).isEqualTo("read committed off");
    host.withTransaction(() -> insert(9));
    assertThat(rows()).containsExactly(9);
  }

  /** Each writes, as the first thing of its transaction. */
  enum First {
    COPY(test -> copyIn(test.drivers(), "1\n")),
    COPY_OF_A_STATEMENTS(
        test -> {
          try (Statement statement = test.host.tx().createStatement()) {
            Connection drivers = statement.unwrap(PgStatement.class).getConnection();
            copyIn(drivers.unwrap(PGConnection.class), "1\n");
          }
        }),
    COPY_AFTER_WHAT_WAS_NOT_SENT(
        test -> {
          try (PreparedStatement statement =
              test.host.tx().prepareStatement("insert into item (id) values (?)")) {
            assertThat(catchThrowable(statement::execute)).isInstanceOf(SQLException.class);
          }
          copyIn(test.drivers(), "1\n");
        }),
    LARGE_OBJECT(test -> test.drivers().getLargeObjectAPI().createLO()),
    FUNCTION(
        test -> {
          PGConnection drivers = test.drivers();
          var fastpath = drivers.getFastpathAPI();
          fastpath.addFunction("lo_create", 715);
          fastpath.getOID("lo_create", new FastpathArg[] {new FastpathArg(0)});
        }),
    BLOB_OF_A_PARAMETER(
        test -> {
          try (PreparedStatement statement =
              test.host.tx().prepareStatement("insert into large values (?)")) {
            statement.setBlob(1, new ByteArrayInputStream(new byte[] {1}), 1);
          }
        });

    private final Writing writing;

    First(Writing writing) {
      this.writing = writing;
    }
  }

  private interface Writing {
    void run(DriversOwnObjectsTest test) throws SQLException;
  }

  @ParameterizedTest // A4
  @EnumSource
  void whatWritesFirstInAReadOnlyTransactionIsRefusedByTheServer(First first) throws Exception {
    outside("create table if not exists large (content oid)");
    thatTheDriverAsksForNothingMore(first);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    OPTIONS.readOnly(true),
                    () -> {
                      first.writing.run(this);
                    }))
        .isInstanceOf(SQLException.class)
        .hasFieldOrPropertyWithValue("SQLState", "25006");

    assertThat(rows()).isEmpty();
    theNextTransactionIsAsUsual();
  }

  /** It looks up the functions of large objects once, by a statement. */
  private void thatTheDriverAsksForNothingMore(First first) {
    RuntimeException undone = new IllegalStateException("user");
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          first.writing.run(this);
                          throw undone;
                        })))
        .isSameAs(undone);
  }

  @ParameterizedTest
  @EnumSource
  void elsewhereItWrites(First first) throws Exception {
    outside("create table if not exists large (content oid)");
    host.withTransaction(() -> first.writing.run(this));
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        OPTIONS.readOnly(true),
                        () -> {
                          ask("select 1");
                          first.writing.run(this);
                        })))
        .isInstanceOf(SQLException.class);
  }

  @Test // A4, A25
  void isolationAndReadOnlyAreInForceInACopyThatComesFirst() throws Exception {
    TransactionOptions serializable = OPTIONS.isolation(Isolation.SERIALIZABLE);
    assertThat(host.withTransaction(OPTIONS.readOnly(true), this::inForce))
        .isEqualTo("read committed on");
    assertThat(host.withTransaction(serializable.readOnly(true), this::inForce))
        .isEqualTo("serializable on");
    assertThat(host.withTransaction(serializable, this::inForce)).isEqualTo("serializable off");

    theNextTransactionIsAsUsual();
  }

  @Test // A25
  void nothingReachesTheNextBorrowerWhereTheDriversObjectWasNotUsed() throws Exception {
    host.withTransaction(OPTIONS.readOnly(true), () -> drivers().getBackendPID());
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        OPTIONS.readOnly(true).isolation(Isolation.SERIALIZABLE),
                        () -> {
                          drivers();
                          throw new IllegalStateException("user");
                        })))
        .isInstanceOf(IllegalStateException.class);

    theNextTransactionIsAsUsual();
  }

  @Test
  void readOnlyThatCannotBeSentIsNoBeginningAndNothingIsHandedOut() throws Exception {
    AtomicReference<Object> handedOut = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    OPTIONS.readOnly(true),
                    () -> {
                      host.tx().prepareStatement("select 1").close();
                      recorder.failNext(Call.SET, new SQLException("no", "55000"));
                      handedOut.set(drivers());
                    }))
        .isInstanceOf(CannotBeginTransactionException.class);

    assertThat(handedOut.get()).isNull();
    theNextTransactionIsAsUsual();
  }

  // what failed there

  @Test // A24
  void aSwallowedFailureOfACopyIsTheCause() throws Exception {
    AtomicReference<SQLException> swallowed = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      swallowed.set(failingCopy());
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .satisfies(e -> isOfTheCopy(e.getCause(), swallowed.get()));

    assertThat(rows()).isEmpty();
    theNextTransactionIsAsUsual();
  }

  @Test
  void norIsAnyLaterFailureNamedInItsPlace() throws Exception {
    AtomicReference<SQLException> swallowed = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      swallowed.set(failingCopy());
                      assertThat(catchThrowable(() -> insert(2))).isInstanceOf(SQLException.class);
                      assertThat(catchThrowable(() -> insert(3)))
                          .isInstanceOf(TransactionException.class)
                          .satisfies(e -> isOfTheCopy(e.getCause(), swallowed.get()));
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .satisfies(e -> isOfTheCopy(e.getCause(), swallowed.get()));

    assertThat(rows()).isEmpty();
  }

  @Test
  void anotherStatementsFailureOnTheDriversOwnConnectionIsTheCauseToo() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      try (Statement statement = ((Connection) drivers()).createStatement()) {
                        assertThat(catchThrowable(() -> statement.execute("select nothing")))
                            .isNotNull();
                      }
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasFieldOrPropertyWithValue("SQLState", "42703");
  }

  @Test
  void aNestedBlockUndoesIt() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          assertThat(
                  catchThrowable(
                      () ->
                          host.withTransaction(Propagation.NESTED, () -> copyIn(drivers(), "x\n"))))
              .isInstanceOf(SQLException.class);
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  private SQLException failingCopy() throws SQLException {
    PGConnection drivers = drivers();
    return catchThrowableOfType(SQLException.class, () -> copyIn(drivers, "2\nx\n"));
  }

  private static void isOfTheCopy(Throwable cause, SQLException swallowed) {
    assertThat(swallowed.getSQLState()).isEqualTo("22P02");
    assertThat(cause)
        .isInstanceOf(SQLException.class)
        .hasMessage(swallowed.getMessage())
        .hasFieldOrPropertyWithValue("SQLState", "22P02");
  }
}
