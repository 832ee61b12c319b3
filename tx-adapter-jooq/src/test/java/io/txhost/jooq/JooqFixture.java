package io.txhost.jooq;

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
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A pool of one connection, a user's Configuration, a JDBC host and its view: whatever takes two
 * fails.
 */
@ParameterizedClass
@EnumSource
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
abstract class JooqFixture {
  @Parameter Pools pools;

  Database database;
  Pool pool;
  RecordingDataSource recorder;
  Configuration configuration;
  TransactionHost<Connection> jdbc;
  TransactionHost<DSLContext> host;

  /** One that the user made of the Configuration before the host knew of it. */
  DSLContext dsl;

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

    SQLDialect dialect() {
      return isPostgres() ? SQLDialect.POSTGRES : SQLDialect.H2;
    }
  }

  @BeforeEach
  void open() throws Exception {
    database = pools.open();
    try (Connection connection = database.dataSource().getConnection()) {
      connection
          .createStatement()
          .execute(
              "create table item (id integer primary key, label varchar(40), version integer)");
    }
    openPool(1);
  }

  /** Replaces the pool, and all that stands on it. */
  void openPool(int size) {
    if (pool != null) {
      pool.close();
    }
    pool = Pool.on(database, PoolOptions.defaults().size(size).autoCommit(pools.autoCommit()));
    recorder = RecordingDataSource.over(pool);
    configuration = configuration(recorder);
    dsl = DSL.using(configuration);
    jdbc = TransactionHost.create(JdbcAdapter.over(recorder));
    host = JooqAdapter.view(jdbc, configuration);
  }

  /** As a user had it before. */
  Configuration configuration(DataSource dataSource) {
    return new DefaultConfiguration().set(dataSource).set(pools.dialect());
  }

  @AfterEach
  void close() throws Exception {
    try (Database ended = database;
        Pool drained = pool) {
      assertThat(drained.connectionsOut()).as("connections out, %s", ended).isZero();
    }
  }

  static void insert(DSLContext dsl, int id) {
    dsl.execute("insert into item (id, label, version) values (?, 'x', 0)", id);
  }

  /** Fills the table without the host, which permits no write outside. */
  void seed(int... ids) {
    DSLContext beside = beside();
    for (int id : ids) {
      insert(beside, id);
    }
  }

  /** Connections of the database's own, apart from the host and its pool. */
  DSLContext beside() {
    return DSL.using(database.dataSource(), pools.dialect());
  }

  /** The ids that are committed, asked on a connection of its own. */
  List<Integer> rows() {
    return beside().fetch("select id from item order by id").getValues(0, Integer.class);
  }
}
