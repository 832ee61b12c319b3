package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.FallbackPolicy;
import io.txhost.TransactionHost;
import io.txhost.TransactionRequiredException;
import io.txhost.TransactionalRunnable;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.jooq.JooqAdapter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Code of docs/jdbc.md, jdbi.md and jooq.md, run. {@link DocsTest} holds the pages to it. */
final class LibrariesPagesTest {
  private final JdbcConnectionPool pool =
      JdbcConnectionPool.create("jdbc:h2:mem:libraries;DB_CLOSE_DELAY=-1", "sa", "");
  private final DataSource dataSource = pool;

  @BeforeEach
  void aTable() throws SQLException {
    direct("create table todo(id identity primary key, title varchar(40) not null)");
  }

  @AfterEach
  void nothingIsOut() throws SQLException {
    assertThat(pool.getActiveConnections()).isZero();
    direct("drop table todo");
    pool.dispose();
  }

  private void direct(String sql) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.createStatement().execute(sql);
    }
  }

  private List<String> kept() {
    return Jdbi.create(pool)
        .withHandle(
            handle ->
                handle
                    .createQuery("select title from todo order by id")
                    .mapTo(String.class)
                    .list());
  }

  static final class JdbiTodos {
    private final TransactionHost<Handle> host;

    JdbiTodos(TransactionHost<Handle> host) {
      this.host = host;
    }

    void insert(String title) {
      host.tx().createUpdate("insert into todo (title) values (:t)").bind("t", title).execute();
    }

    List<String> titles() {
      return host.tx().createQuery("select title from todo").mapTo(String.class).list();
    }
  }

  @Test
  void jdbiIsInTheHostsTransactions() {
    Jdbi jdbi = Jdbi.create(dataSource);
    TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
    JdbiTodos todos = new JdbiTodos(host);

    host.withTransaction(
        () -> {
          todos.insert("milk");
          todos.insert("tea");
        });

    host.withTransaction(
        () -> {
          todos.insert("sugar");
          jdbi.useHandle(handle -> handle.execute("insert into todo (title) values ('salt')"));
        });

    assertThat(todos.titles()).containsExactly("milk", "tea", "sugar", "salt");
    assertThatThrownBy(() -> todos.insert("outside"))
        .isInstanceOf(TransactionRequiredException.class);
  }

  @Test
  void tasksOfInParallelHaveHandlesOfTheirOwn() {
    TransactionHost<Handle> host =
        TransactionHost.create(JdbiAdapter.over(Jdbi.create(dataSource)));
    JdbiTodos todos = new JdbiTodos(host);

    List<TransactionalRunnable<RuntimeException>> tasks =
        List.of(
            () -> todos.insert("milk"), // asks host.tx() for a handle of its own
            () -> todos.insert("tea"));
    host.withTransaction(() -> host.inParallel(tasks));

    assertThat(kept()).containsExactlyInAnyOrder("milk", "tea");
  }

  @Test
  void aViewSharesTheTransactionsOfAHost() throws SQLException {
    TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(dataSource));
    TransactionHost<Handle> jdbi = JdbiAdapter.view(host, Jdbi.create(dataSource));
    TransactionHost<DSLContext> jooq = JooqAdapter.view(host, SQLDialect.H2);

    host.withTransaction( // one connection, one commit
        () -> {
          host.tx().createStatement().execute("insert into todo (title) values ('milk')");
          jdbi.tx().execute("insert into todo (title) values ('tea')");
          jooq.tx().execute("insert into todo (title) values ('sugar')");
        });

    assertThat(kept()).containsExactly("milk", "tea", "sugar");
  }

  static final class JooqTodos {
    private final TransactionHost<DSLContext> host;

    JooqTodos(TransactionHost<DSLContext> host) {
      this.host = host;
    }

    void insert(String title) {
      host.tx()
          .insertInto(DSL.table("todo"), DSL.field("title", SQLDataType.VARCHAR))
          .values(title)
          .execute();
    }

    List<String> titles() {
      return host.tx()
          .select(DSL.field("title", String.class))
          .from("todo")
          .fetch("title", String.class);
    }
  }

  @Test
  void jooqIsInTheHostsTransactions() {
    TransactionHost<DSLContext> host =
        TransactionHost.create(JooqAdapter.over(dataSource, SQLDialect.H2));
    JooqTodos todos = new JooqTodos(host);

    host.withTransaction(
        () -> {
          todos.insert("milk");
          todos.insert("tea");
        });

    DSLContext dsl = JooqAdapter.dsl(host); // may be kept, and handed to other code
    host.withTransaction(() -> dsl.execute("insert into todo (title) values ('sugar')"));

    assertThat(todos.titles()).containsExactly("milk", "tea", "sugar");
    assertThatThrownBy(() -> todos.insert("outside"))
        .isInstanceOf(TransactionRequiredException.class);
  }

  @Test
  void otherLibrariesJoinThroughADataSource() throws SQLException {
    TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(dataSource));

    DataSource joining = JdbcAdapter.dataSource(host); // for libraries that never call commit()
    DataSource enlisting = JdbcAdapter.enlistingDataSource(host); // for libraries that do

    host.withTransaction(
        () -> {
          try (Connection connection = joining.getConnection()) {
            connection.createStatement().execute("insert into todo (title) values ('milk')");
          }
          try (Connection connection = enlisting.getConnection()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("insert into todo (title) values ('tea')");
            connection.commit(); // waits for the host's commit
          }
          assertThat(kept()).isEmpty();
        });

    assertThat(kept()).containsExactly("milk", "tea");
  }

  @Test
  void aWriteByItselfIsSaidOrPermitted() throws SQLException {
    TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(dataSource));
    host.withoutTransaction(
        () -> {
          try (var insert = host.tx().createStatement()) {
            insert.execute("insert into todo (title) values ('milk')"); // commits by itself
          }
        });

    TransactionHost<Connection> permissive =
        TransactionHost.builder(JdbcAdapter.over(dataSource))
            .fallbackPolicy(FallbackPolicy.ALLOW)
            .build();
    try (var insert = permissive.tx().createStatement()) {
      insert.execute("insert into todo (title) values ('tea')");
    }

    assertThat(kept()).containsExactly("milk", "tea");
  }

  @Test
  void aBlockOutsideHasOneConnection() throws SQLException {
    TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(dataSource));

    try (Connection block = JdbcAdapter.block(host.tx());
        var statement = block.createStatement()) {
      statement.executeQuery("select title from todo");
      assertThat(pool.getActiveConnections()).isEqualTo(1);
    }
  }
}
