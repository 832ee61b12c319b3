package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.test.NothingLeftBehind;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Command handler, service, repository on H2: only the handler says where the transaction is. */
@ExtendWith(NothingLeftBehind.class)
class RealDatabaseTest {

  @Configuration
  @EnableTransactionHosts
  static class Databases {
    @Bean
    DataSource todos() throws SQLException {
      return h2("create table todo (title varchar(100) unique)");
    }

    @Bean
    DataSource audit() throws SQLException {
      return h2("create table entry (what varchar(100))");
    }

    @Bean
    TransactionHost<Connection> todoHost(DataSource todos) {
      return TransactionHost.create(JdbcAdapter.over(todos));
    }

    @Bean
    TransactionHost<Handle> auditHost(DataSource audit) {
      return TransactionHost.builder(JdbiAdapter.over(Jdbi.create(audit))).name("audit").build();
    }

    private static DataSource h2(String table) throws SQLException {
      JdbcDataSource source = new JdbcDataSource();
      source.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
      try (var connection = source.getConnection();
          var statement = connection.createStatement()) {
        statement.execute(table);
      }
      return source;
    }
  }

  static class Repository {
    private final TransactionHost<Connection> host;

    Repository(TransactionHost<Connection> host) {
      this.host = host;
    }

    void insert(String title) throws SQLException {
      try (var statement = host.tx().prepareStatement("insert into todo values (?)")) {
        statement.setString(1, title);
        statement.executeUpdate();
      }
    }

    int count() throws SQLException {
      try (var statement = host.tx().createStatement();
          var rows = statement.executeQuery("select count(*) from todo")) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  static class Journal {
    private final TransactionHost<Handle> host;

    Journal(TransactionHost<Handle> host) {
      this.host = host;
    }

    @Transactional(host = "audit")
    public void note(String what) {
      host.tx().execute("insert into entry values (?)", what);
    }

    public int count() {
      return host.tx().createQuery("select count(*) from entry").mapTo(int.class).one();
    }
  }

  static class Service {
    private final Repository repository;
    private final Journal journal;

    Service(Repository repository, Journal journal) {
      this.repository = repository;
      this.journal = journal;
    }

    void create(String title) throws SQLException {
      journal.note(title);
      repository.insert(title);
    }
  }

  static class Handler {
    private final Service service;

    Handler(Service service) {
      this.service = service;
    }

    @Transactional
    public void two(String first, String second) throws SQLException {
      service.create(first);
      service.create(second);
    }

    @Transactional
    public void failing(String title) throws Exception {
      service.create(title);
      throw new IOException("after the insert");
    }
  }

  @Test
  void aHandlersTransactionHoldsAllRowsOrNoneAndAnotherHostsIsItsOwn() throws Exception {
    try (var application =
        Applications.start(
            Databases.class, Repository.class, Journal.class, Service.class, Handler.class)) {
      Handler handler = application.getBean(Handler.class);
      Repository repository = application.getBean(Repository.class);

      handler.two("one", "two");
      assertThat(repository.count()).isEqualTo(2);

      assertThatThrownBy(() -> handler.two("three", "three")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> handler.failing("four"))
          .isExactlyInstanceOf(IOException.class)
          .hasMessage("after the insert");
      assertThat(repository.count()).isEqualTo(2);
      assertThat(application.getBean(Journal.class).count()).isEqualTo(5);
    }
  }

  @Configuration
  @EnableTransactionHosts
  static class TwoViews {
    @Bean
    DataSource todos() throws SQLException {
      return Databases.h2("create table todo (title varchar(100) unique)");
    }

    @Bean
    TransactionHost<Connection> connections(DataSource todos) {
      return TransactionHost.create(JdbcAdapter.over(todos));
    }

    @Bean
    TransactionHost<Handle> handles(TransactionHost<Connection> connections, DataSource todos) {
      return JdbiAdapter.view(connections, Jdbi.create(todos));
    }
  }

  static class BothLibraries {
    private final TransactionHost<Connection> connections;
    private final TransactionHost<Handle> handles;

    BothLibraries(TransactionHost<Connection> connections, TransactionHost<Handle> handles) {
      this.connections = connections;
      this.handles = handles;
    }

    @Transactional
    public int insertByOneAndCountByTheOther(boolean fail) throws SQLException {
      try (var statement = connections.tx().createStatement()) {
        statement.executeUpdate("insert into todo values ('by JDBC')");
      }
      int seen = count();
      if (fail) {
        throw new IllegalStateException("after the insert");
      }
      return seen;
    }

    int count() {
      return handles.tx().createQuery("select count(*) from todo").mapTo(int.class).one();
    }
  }

  @Test
  void viewsOfOneHostAreInjectedByTheirTypeAndShareItsTransaction() throws Exception { // A23, E9
    try (var application = Applications.start(TwoViews.class, BothLibraries.class)) {
      BothLibraries both = application.getBean(BothLibraries.class);

      assertThatThrownBy(() -> both.insertByOneAndCountByTheOther(true))
          .isExactlyInstanceOf(IllegalStateException.class);
      assertThat(both.count()).isZero();
      assertThat(both.insertByOneAndCountByTheOther(false)).isEqualTo(1);
      assertThat(both.count()).isEqualTo(1);
    }
  }
}
