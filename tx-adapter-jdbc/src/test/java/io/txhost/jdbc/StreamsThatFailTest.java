package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.UnexpectedRollbackException;
import io.txhost.test.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * H2 reads a stream when it is set, not when the statement is executed: a failure out of the user's
 * code meets the driver there.
 */
class StreamsThatFailTest extends JdbcFixture {
  private static final String INSERT = "insert into streamed (id, content, words) values (1, ?, ?)";

  @Override
  Database openDatabase() {
    return Database.h2();
  }

  @BeforeEach
  void makeATableOfStreams() throws SQLException {
    outside("drop table if exists streamed");
    outside("create table streamed (id integer primary key, content blob, words clob)");
    outside("insert into streamed (id) values (0)");
  }

  enum Given {
    BINARY_STREAM((set, in) -> set.setBinaryStream(1, in)),
    BINARY_STREAM_OF_A_LENGTH((set, in) -> set.setBinaryStream(1, in, 1_000)),
    ASCII_STREAM((set, in) -> set.setAsciiStream(2, in, 1_000L)),
    CHARACTER_STREAM((set, in) -> set.setCharacterStream(2, read(in))),
    NATIONAL_CHARACTER_STREAM((set, in) -> set.setNCharacterStream(2, read(in), 1_000)),
    BLOB((set, in) -> set.setBlob(1, in)),
    CLOB((set, in) -> set.setClob(2, read(in))),
    NATIONAL_CLOB((set, in) -> set.setNClob(2, read(in), 1_000)),
    OBJECT((set, in) -> set.setObject(1, in)),
    OBJECT_OF_A_TYPE((set, in) -> set.setObject(2, read(in), Types.CLOB)),
    OF_A_CALL((set, in) -> call(set, call -> call.setBinaryStream(1, in))),
    ROW_BINARY_STREAM((set, in) -> row(set, row -> row.updateBinaryStream(1, in))),
    ROW_CHARACTER_STREAM((set, in) -> row(set, row -> row.updateCharacterStream(2, read(in)))),
    ROW_BLOB((set, in) -> row(set, row -> row.updateBlob("content", in))),
    ROW_CLOB((set, in) -> row(set, row -> row.updateClob("words", read(in), 1_000))),
    ROW_OBJECT((set, in) -> row(set, row -> row.updateObject(1, in)));

    private final Setting setting;

    Given(Setting setting) {
      this.setting = setting;
    }

    private static Reader read(InputStream in) {
      return new InputStreamReader(in, StandardCharsets.US_ASCII);
    }

    private static void call(PreparedStatement set, CallSetting setting) throws SQLException {
      String sql = "insert into streamed (id, content) values (1, ?)";
      try (CallableStatement call = set.getConnection().prepareCall(sql)) {
        setting.set(call);
      }
    }

    private static void row(PreparedStatement set, RowUpdate update) throws SQLException {
      try (Statement statement =
              set.getConnection()
                  .createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
          ResultSet row =
              statement.executeQuery("select content, words, id from streamed where id = 0")) {
        row.next();
        update.of(row);
      }
    }
  }

  private interface Setting {
    void set(PreparedStatement statement, InputStream in) throws SQLException;
  }

  private interface CallSetting {
    void set(CallableStatement call) throws SQLException;
  }

  private interface RowUpdate {
    void of(ResultSet row) throws SQLException;
  }

  private static InputStream failing(Throwable failure) {
    return new InputStream() {
      private int read;

      @Override
      public int read() throws IOException {
        if (read++ < 10) {
          return 'x';
        }
        if (failure instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) failure;
      }
    };
  }

  private void set(Given given, Throwable failure) throws SQLException {
    try (PreparedStatement statement = host.tx().prepareStatement(INSERT)) {
      given.setting.set(statement, failing(failure));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anErrorOutOfTheUsersStreamLosesTheTransaction(Given given) throws Exception {
    Error users = new StackOverflowError("user's stream");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      assertThat(catchThrowable(() -> set(given, users))).isSameAs(users);
                      assertThat(catchThrowable(() -> insert(2)))
                          .hasMessageStartingWith("TXH-504")
                          .hasCause(users);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(users);

    assertThat(rows()).isEmpty();
    host.withTransaction(() -> insert(3));
    assertThat(rows()).containsExactly(3);
  }

  /** Which the driver passes on as its own: the server has met nothing. */
  @ParameterizedTest
  @EnumSource
  void anUncheckedFailureCostsNoMoreThanTheParameter(Given given) throws Exception {
    RuntimeException users = new TransactionTimedOutException("another's", null);
    host.withTransaction(
        () -> {
          insert(1);
          assertThat(catchThrowable(() -> set(given, users)))
              .isInstanceOf(SQLException.class)
              .satisfies(e -> assertThat(rootOf(e)).isSameAs(users));
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  private static Throwable rootOf(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  @ParameterizedTest
  @EnumSource
  void outsideATransactionTheConnectionIsThrownAway(Given given) throws Exception {
    Error users = new StackOverflowError("user's stream");

    assertThat(catchThrowable(() -> set(given, users))).isSameAs(users);

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(recorder.transcript()).contains("ABORT");
  }

  @Test
  void aStreamThatIsSetChangesNothingInAReadOnlyTransaction() throws Exception { // A4
    host.withTransaction(
        TransactionOptions.defaults().readOnly(true),
        () -> {
          try (PreparedStatement select = host.tx().prepareStatement("select cast(? as blob)")) {
            select.setBinaryStream(1, InputStream.nullInputStream());
            assertThat(select.executeQuery().next()).isTrue();
          }
        });
  }
}
