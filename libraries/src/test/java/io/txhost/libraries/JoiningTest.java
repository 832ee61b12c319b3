package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.p6spy.engine.spy.P6DataSource;
import com.querydsl.core.types.dsl.Expressions;
import com.querydsl.sql.PostgreSQLTemplates;
import com.querydsl.sql.RelationalPathBase;
import com.querydsl.sql.SQLQueryFactory;
import io.txhost.TransactionHost;
import io.txhost.TransactionRequiredException;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.apache.commons.dbutils.QueryRunner;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.managed.ManagedTransactionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.SimpleJdbcInsert;

/** Libraries that take the joining data source as they are. */
class JoiningTest {

  abstract static class Joining extends LibraryFixture {
    DataSource joining;

    /** Writes a row, with nothing said about transactions. */
    abstract void write(int id) throws Exception;

    @Override
    void openLibrary() throws Exception {
      joining = JdbcAdapter.dataSource(host);
      openLibrary(joining);
    }

    void openLibrary(DataSource dataSource) throws Exception {}

    @Test
    void whatItWroteInARolledBackTransactionIsNotThere() throws Exception {
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(1);
                        write(2);
                        throw new Oops();
                      }))
          .isInstanceOf(Oops.class);

      assertThat(rows()).isEmpty();
      assertThat(pool.connectionsOut()).isZero();
    }

    @Test
    void whatItWroteInACommittedTransactionIsThereWithItAndNotBefore() throws Exception {
      host.withTransaction(
          () -> {
            insert(1);
            write(2);
            assertThat(rows()).isEmpty();
          });

      assertThat(rows()).containsExactly(1, 2);
      assertThat(pool.connectionsOut()).isZero();
    }

    @Test
    void outsideItsWriteIsRefusedUnlessPermitted() throws Exception {
      assertThatThrownBy(() -> write(1))
          .satisfies(
              e ->
                  assertThat(e)
                      .hasStackTraceContaining(TransactionRequiredException.class.getName()));
      assertThat(rows()).isEmpty();

      host.withoutTransaction(() -> write(2));
      assertThat(rows()).containsExactly(2);
    }
  }

  @Nested
  class OfJdbcTemplate extends Joining {
    private JdbcTemplate template;

    @Override
    void openLibrary(DataSource dataSource) {
      template = new JdbcTemplate(dataSource);
    }

    @Override
    void write(int id) {
      template.update("insert into item (id) values (?)", id);
      assertThat(template.queryForObject("select count(*) from item", Integer.class)).isPositive();
    }
  }

  @Nested
  class OfJdbcClient extends Joining {
    private JdbcClient client;

    @Override
    void openLibrary(DataSource dataSource) {
      client = JdbcClient.create(dataSource);
    }

    @Override
    void write(int id) {
      client.sql("insert into item (id) values (:id)").param("id", id).update();
    }
  }

  @Nested
  class OfSimpleJdbcInsert extends Joining {
    @Override
    void write(int id) {
      new SimpleJdbcInsert(joining).withTableName("item").execute(Map.of("id", id, "label", "x"));
    }
  }

  @Nested
  class OfDbUtils extends Joining {
    @Override
    void write(int id) throws SQLException {
      new QueryRunner(joining).update("insert into item (id) values (?)", id);
    }
  }

  @Nested
  class OfQueryDsl extends Joining {
    @Override
    void write(int id) {
      RelationalPathBase<Object> item =
          new RelationalPathBase<>(Object.class, "item", null, "item");
      new SQLQueryFactory(new com.querydsl.sql.Configuration(PostgreSQLTemplates.DEFAULT), joining)
          .insert(item)
          .set(Expressions.numberPath(Integer.class, item, "id"), id)
          .execute();
    }
  }

  @Nested
  class OfMyBatis extends Joining {
    private SqlSessionFactory sessions;

    @Override
    void openLibrary(DataSource dataSource) {
      Configuration configuration =
          new Configuration(new Environment("test", new ManagedTransactionFactory(), dataSource));
      configuration.addMapper(MyBatisTest.Items.class);
      sessions = new SqlSessionFactoryBuilder().build(configuration);
    }

    @Override
    void write(int id) {
      try (SqlSession session = sessions.openSession()) {
        session.getMapper(MyBatisTest.Items.class).insert(id);
        session.commit();
      }
    }

    @Test
    void aSessionThatWasUsedBeforeTheBoundaryJoins() throws Exception { // issue 12, point 3
      try (SqlSession session = sessions.openSession()) {
        MyBatisTest.Items items = session.getMapper(MyBatisTest.Items.class);
        assertThat(items.count()).isZero();
        assertThatThrownBy(
                () ->
                    host.withTransaction(
                        () -> {
                          items.insert(1);
                          session.commit();
                          throw new Oops();
                        }))
            .isInstanceOf(Oops.class);
      }

      assertThat(rows()).isEmpty();
    }
  }

  @Nested
  class OfDbScheduler extends Joining {
    private final OneTimeTask<Void> task = Tasks.oneTime("task").execute((instance, context) -> {});
    private SchedulerClient client;

    @Override
    void openLibrary(DataSource dataSource) throws SQLException {
      apart(
          """
          create table scheduled_tasks (
            task_name text not null, task_instance text not null, task_data bytea,
            execution_time timestamp with time zone not null, picked boolean not null,
            picked_by text, last_success timestamp with time zone,
            last_failure timestamp with time zone, consecutive_failures int,
            last_heartbeat timestamp with time zone, version bigint not null, priority smallint,
            primary key (task_name, task_instance))
          """);
      client = SchedulerClient.Builder.create(dataSource, task).build();
    }

    @Override
    void write(int id) {
      client.scheduleIfNotExists(task.instance("" + id), Instant.now());
    }

    @Override
    List<Integer> rows() throws SQLException {
      return numbers(
          "select id from item union select cast(task_instance as integer) from scheduled_tasks"
              + " order by 1");
    }

    @BeforeEach
    void forget() throws SQLException {
      apart("delete from scheduled_tasks");
    }
  }

  @Nested
  class ThroughDatasourceProxyInFront extends Joining {
    private DataSource proxy;

    @Override
    void openLibrary(DataSource dataSource) {
      proxy = ProxyDataSourceBuilder.create(dataSource).countQuery().build();
    }

    @Override
    void write(int id) throws SQLException {
      new QueryRunner(proxy).update("insert into item (id) values (?)", id);
    }
  }

  @Nested
  class ThroughP6SpyInFront extends Joining {
    private DataSource proxy;

    @Override
    void openLibrary(DataSource dataSource) {
      proxy = new P6DataSource(dataSource);
    }

    @Override
    void write(int id) throws SQLException {
      new QueryRunner(proxy).update("insert into item (id) values (?)", id);
    }
  }

  /** The host stands on a proxy of the pool. */
  abstract static class Behind extends Joining {
    abstract DataSource proxyOf(DataSource pool);

    @Override
    void openLibrary() throws Exception {
      host = TransactionHost.create(JdbcAdapter.over(proxyOf(pool)));
      super.openLibrary();
    }

    @Override
    void write(int id) throws SQLException {
      try (Connection connection = joining.getConnection();
          var statement = connection.prepareStatement("insert into item (id) values (?)")) {
        statement.setInt(1, id);
        statement.executeUpdate();
      }
    }
  }

  @Nested
  class OverDatasourceProxy extends Behind {
    @Override
    DataSource proxyOf(DataSource pool) {
      return ProxyDataSourceBuilder.create(pool).countQuery().build();
    }
  }

  @Nested
  class OverP6Spy extends Behind {
    @Override
    DataSource proxyOf(DataSource pool) {
      return new P6DataSource(pool);
    }
  }
}
