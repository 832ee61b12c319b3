package io.txhost.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.RecordingDataSource;
import java.sql.Connection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool of one connection, a Jdbi on it, a JDBC host and its view: whatever takes two fails. */
@ParameterizedClass
@EnumSource
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
abstract class JdbiFixture {
  @Parameter Pools pools;

  Database database;
  Pool pool;
  RecordingDataSource recorder;
  Jdbi jdbi;
  TransactionHost<Connection> jdbc;
  TransactionHost<Handle> host;

  /** On what a test runs. */
  enum Pools {
    H2,
    H2_WITHOUT_AUTO_COMMIT,
    POSTGRES,
    POSTGRES_WITHOUT_AUTO_COMMIT;

    boolean isPostgres() {
      return this == POSTGRES || this == POSTGRES_WITHOUT_AUTO_COMMIT;
    }

    boolean autoCommit() {
      return this == H2 || this == POSTGRES;
    }

    Database open() throws Exception {
      return isPostgres() ? Database.postgres() : Database.h2();
    }
  }

  interface Items extends SqlObject {
    @SqlUpdate("insert into item (id, label) values (:id, 'x')")
    void insert(int id);

    @SqlQuery("select count(*) from item")
    int count();

    @Transaction
    default void insertBoth(int first, int second) {
      insert(first);
      insert(second);
    }

    @Transaction
    default void insertAndFail(int id) {
      insert(id);
      throw new IllegalStateException("user");
    }

    @Transaction(readOnly = true)
    default String askReadOnly(String query) {
      return getHandle().createQuery(query).mapTo(String.class).one();
    }
  }

  @BeforeEach
  void open() throws Exception {
    database = pools.open();
    try (Connection connection = database.dataSource().getConnection()) {
      connection
          .createStatement()
          .execute("create table item (id integer primary key, label varchar(40))");
    }
    pool = Pool.on(database, PoolOptions.defaults().size(1).autoCommit(pools.autoCommit()));
    recorder = RecordingDataSource.over(pool);
    jdbi = jdbi();
    jdbc = TransactionHost.create(JdbcAdapter.over(recorder));
    host = JdbiAdapter.view(jdbc, jdbi);
  }

  Jdbi jdbi() {
    return Jdbi.create(recorder).installPlugin(new SqlObjectPlugin());
  }

  @AfterEach
  void close() throws Exception {
    try (Database ended = database;
        Pool drained = pool) {
      assertThat(drained.connectionsOut()).as("connections out, %s", ended).isZero();
    }
  }

  static void insert(Handle handle, int id) {
    handle.execute("insert into item (id, label) values (?, 'x')", id);
  }

  /** The ids that are committed, asked on a connection of its own. */
  List<Integer> rows() {
    return Jdbi.create(database.dataSource())
        .withHandle(h -> h.createQuery("select id from item order by id").mapTo(int.class).list());
  }
}
