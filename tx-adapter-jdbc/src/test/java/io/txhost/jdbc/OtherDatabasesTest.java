package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.NestedTransactionNotSupportedException;
import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.UnexpectedRollbackException;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.RecordingDataSource;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real databases that no dialect is written for: a swallowed failure of which nothing is known must
 * not end in a false commit. Two of them tell by their SQLSTATEs that a failure cost its statement
 * alone; DuckDB and SQLite tell nothing.
 */
@ParameterizedClass
@EnumSource
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
class OtherDatabasesTest {
  enum Kind {
    DUCKDB("jdbc:duckdb:", false),
    SQLITE("jdbc:sqlite:", false),
    HSQLDB("jdbc:hsqldb:mem:", true),
    DERBY("jdbc:derby:memory:", true);

    final String url;
    final boolean tells;

    Kind(String url, boolean tells) {
      this.url = url;
      this.tells = tells;
    }

    String urlOf(Path folder) {
      String name = "other" + UUID.randomUUID().toString().replace("-", "");
      return switch (this) {
        case DUCKDB, SQLITE -> url + folder.resolve(name);
        case HSQLDB -> url + name;
        case DERBY -> url + name + ";create=true";
      };
    }
  }

  private final Kind kind;
  @TempDir private Path folder;
  private HikariDataSource pool;
  private RecordingDataSource recorder;
  private TransactionHost<Connection> host;

  OtherDatabasesTest(Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() throws SQLException {
    System.setProperty("derby.stream.error.file", folder.resolve("derby.log").toString());
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(kind.urlOf(folder));
    config.setMaximumPoolSize(2);
    pool = new HikariDataSource(config);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table item (id integer not null primary key check (id < 100), label varchar(40))");
    }
    recorder = RecordingDataSource.over(pool);
    host = TransactionHost.create(JdbcAdapter.over(recorder));
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private void update(String sql) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private void insert(int id) throws SQLException {
    update("insert into item (id, label) values (" + id + ", 'x')");
  }

  private List<Integer> rows() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select id from item order by id")) {
      List<Integer> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getInt(1));
      }
      return rows;
    }
  }

  @Test
  void transactionsCommitAndRollBack() throws Exception { // A1, A2
    host.withTransaction(
        () -> {
          insert(1);
          insert(2);
        });
    IllegalStateException users = new IllegalStateException("user");
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(3);
                          throw users;
                        })))
        .isSameAs(users);
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () ->
                host.withTransaction(
                    () -> {
                      insert(4);
                      insert(1);
                    }));

    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(rows()).containsExactly(1, 2);
    host.withTransaction(() -> insert(5));
    assertThat(rows()).containsExactly(1, 2, 5);
  }

  @ParameterizedTest // A24
  @ValueSource(
      strings = {
        "insert into item (id) values (1)",
        "insert into item (id) values (200)",
        "insert into item (id) values ('abc')",
        "selec",
        "select nothing from nowhere"
      })
  void aSwallowedFailureIsNoFalseCommit(String failing) throws Exception {
    AtomicReference<Throwable> swallowed = new AtomicReference<>();
    AtomicReference<Throwable> next = new AtomicReference<>();
    Throwable end =
        catchThrowable(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      swallowed.set(
                          catchThrowableOfType(SQLException.class, () -> update(failing)));
                      next.set(catchThrowable(() -> insert(3)));
                    }));

    assertThat(swallowed.get()).isNotNull();
    if (kind.tells) {
      assertThat(end).isNull();
      assertThat(next.get()).isNull();
      assertThat(rows()).containsExactly(1, 3);
    } else {
      assertThat(end)
          .isInstanceOf(UnexpectedRollbackException.class)
          .cause()
          .isSameAs(swallowed.get())
          .hasFieldOrPropertyWithValue("SQLState", null);
      assertThat(next.get()).isInstanceOf(TransactionException.class).hasCause(swallowed.get());
      assertThat(rows()).isEmpty();
    }
    host.withTransaction(() -> insert(5));
    assertThat(rows()).contains(5);
  }

  @Test
  void aStatementBehindACommentThatIsClosedIsRefused() throws Exception {
    assertThat(catchThrowable(() -> update("/* a /* b */ insert into item (id) values (1)")))
        .isNotNull();
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(2);
                          update("/* a /* b */ commit");
                        })))
        .isInstanceOf(SQLException.class);

    assertThat(rows()).isEmpty();
  }

  @Test
  void whatTheDriverItselfSaysItCannotDoLosesNothing() throws Exception {
    assumeTrue(!kind.tells, "HikariCP closes the connection at a state of 0A000");
    host.withTransaction(
        () -> {
          insert(1);
          assertThat(catchThrowable(this::setRowId))
              .isInstanceOf(SQLFeatureNotSupportedException.class);
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void anUncheckedFailureOutOfAStreamThatTheDriverReadsAtOnceLosesTheTransaction()
      throws Exception {
    assumeTrue(kind == Kind.SQLITE, "only SQLite's driver reads a stream as soon as it is set");
    RuntimeException users = new IllegalStateException("user's stream");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      assertThat(catchThrowable(() -> setStream(users))).isSameAs(users);
                      assertThat(catchThrowable(() -> insert(2))).hasMessageStartingWith("TXH-504");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(users);

    assertThat(rows()).isEmpty();
    host.withTransaction(() -> insert(3));
    assertThat(rows()).containsExactly(3);
  }

  private void setStream(RuntimeException failure) throws SQLException {
    try (PreparedStatement statement =
        host.tx().prepareStatement("insert into item (id, label) values (1, ?)")) {
      statement.setBinaryStream(
          1,
          new InputStream() {
            @Override
            public int read() {
              throw failure;
            }
          },
          1_000);
    }
  }

  private void setRowId() throws SQLException {
    try (PreparedStatement statement =
        host.tx().prepareStatement("insert into item (id) values (?)")) {
      statement.setRowId(1, null);
    }
  }

  /** Some databases commit what they find open on a connection that is closed. */
  @Test
  void whereThePoolClosedTheConnectionTheOutcomeIsUnknown() throws Exception { // A33
    assumeTrue(
        kind == Kind.HSQLDB,
        "HikariCP closes at a state of 0A000 only; Derby refuses to be closed in a transaction");
    AtomicReference<Throwable> swallowed = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      swallowed.set(catchThrowable(this::setRowId));
                      assertThat(catchThrowable(() -> insert(2))).isInstanceOf(SQLException.class);
                    }))
        .isInstanceOf(CommitOutcomeUnknownException.class)
        .satisfies(e -> assertThat(e.getCause()).isSameAs(swallowed.get()));

    host.withTransaction(() -> insert(2));
    assertThat(rows()).contains(2);
  }

  @Test
  void aNestedBlockUndoesAFailureOfWhateverState() throws Exception { // A9
    if (kind == Kind.DUCKDB) {
      host.withTransaction(
          () -> {
            insert(1);
            assertThatThrownBy(() -> host.withTransaction(Propagation.NESTED, () -> insert(2)))
                .isInstanceOf(NestedTransactionNotSupportedException.class);
            insert(3);
          });
      assertThat(rows()).containsExactly(1, 3);
      return;
    }
    host.withTransaction(
        () -> {
          insert(1);
          assertThat(
                  catchThrowable(
                      () ->
                          host.withTransaction(
                              Propagation.NESTED,
                              () -> {
                                insert(2);
                                insert(1);
                              })))
              .isInstanceOf(SQLException.class);
          host.withTransaction(Propagation.NESTED, () -> insert(3));
        });

    assertThat(rows()).containsExactly(1, 3);
  }

  @Test
  void aStatementThatRollsTheWholeBackKeepsNoLaterRow() throws Exception { // A24
    assumeTrue(kind == Kind.SQLITE, "only SQLite has INSERT OR ROLLBACK");
    for (Propagation around : List.of(Propagation.REQUIRED, Propagation.NESTED)) {
      Throwable end =
          catchThrowable(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(1);
                        assertThat(
                                catchThrowable(
                                    () ->
                                        host.withTransaction(
                                            around,
                                            () ->
                                                update(
                                                    "insert or rollback into item (id) values"
                                                        + " (1)"))))
                            .isInstanceOf(SQLException.class);
                        assertThat(catchThrowable(() -> insert(3)))
                            .isInstanceOf(TransactionException.class);
                      }));

      assertThat(end).isInstanceOf(UnexpectedRollbackException.class);
      assertThat(rows()).isEmpty();
    }
    host.withTransaction(() -> insert(4));
    assertThat(rows()).containsExactly(4);
  }
}
