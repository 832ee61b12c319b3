package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.TransactionRequiredException;
import io.txhost.Transactional;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.CauseChain;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;

/** Where an annotation took no effect the first write is refused, and names the method. */
@ExtendWith(NothingLeftBehind.class)
class IneffectiveAnnotationsTest {

  @Configuration
  @Import(Todos.class)
  static class Database {
    @Bean
    DataSource dataSource() throws SQLException {
      JdbcDataSource source = new JdbcDataSource();
      source.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
      try (var connection = source.getConnection();
          var statement = connection.createStatement()) {
        statement.execute("create table todo (title varchar(100))");
      }
      return source;
    }

    @Bean
    TransactionHost<Connection> host(DataSource source) {
      return TransactionHost.create(JdbcAdapter.over(source));
    }
  }

  @Configuration
  @EnableTransactionHosts
  @Import(Database.class)
  static class Enabled {}

  /** Its self-call would be refused at start: here it is seen what becomes of it later. */
  private static AnnotationConfigApplicationContext enabled() {
    var application = new AnnotationConfigApplicationContext();
    application
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("test", Map.of(SelfCalls.PROPERTY, "ignore")));
    application.register(Enabled.class);
    application.refresh();
    return application;
  }

  static class Todos {
    private final TransactionHost<Connection> host;

    Todos(TransactionHost<Connection> host) {
      this.host = host;
    }

    @Transactional
    public void add(String title) throws SQLException {
      insert(title);
    }

    public void addAll(String... titles) throws SQLException {
      for (String title : titles) {
        add(title); // by this object, not through the proxy
      }
    }

    @Transactional
    public void addInTheBackground() {
      CompletableFuture.runAsync(() -> insertUnchecked("never")).join();
    }

    @Transactional
    public void addBesideEachOther() {
      IntStream.range(0, 100).parallel().forEach(i -> insertUnchecked("row " + i));
    }

    private void insertUnchecked(String title) {
      try {
        insert(title);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    private void insert(String title) throws SQLException {
      try (var statement = host.tx().prepareStatement("insert into todo values (?)")) {
        statement.setString(1, title);
        statement.executeUpdate();
      }
    }

    public int count() throws SQLException {
      try (var statement = host.tx().createStatement();
          var rows = statement.executeQuery("select count(*) from todo")) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  @Test
  void aSelfCallsWriteIsRefusedAndNamesTheMethod() throws SQLException { // E10
    try (var application = enabled()) {
      Todos todos = application.getBean(Todos.class);

      assertThatThrownBy(() -> todos.addAll("never"))
          .isExactlyInstanceOf(TransactionRequiredException.class)
          .hasMessageContaining("Todos.add(..) is @Transactional")
          .hasMessageContaining("was not called through its proxy");
      todos.add("kept");
      assertThat(todos.count()).isEqualTo(1);
    }
  }

  @Test
  void withoutEnableTransactionHostsTheFirstWriteIsRefusedAndNamesTheMethod() throws SQLException {
    try (var application = new AnnotationConfigApplicationContext(Database.class)) {
      Todos todos = application.getBean(Todos.class);

      assertThatThrownBy(() -> todos.add("never"))
          .isExactlyInstanceOf(TransactionRequiredException.class)
          .hasMessageContaining("Todos.add(..) is @Transactional")
          .hasMessageContaining("@EnableTransactionHosts");
      assertThat(todos.count()).isZero();
    }
  }

  @Test
  void aBareThreadOfAnAnnotatedMethodWritesNothing() throws SQLException { // D13
    try (var application = enabled()) {
      Todos todos = application.getBean(Todos.class);

      assertThatThrownBy(todos::addInTheBackground)
          .isInstanceOf(CompletionException.class)
          .hasCauseExactlyInstanceOf(TransactionRequiredException.class);
      assertThat(todos.count()).isZero();
    }
  }

  @Test
  void aParallelStreamOfAnAnnotatedMethodKeepsNothing() throws SQLException { // D13
    try (var application = enabled()) {
      Todos todos = application.getBean(Todos.class);

      assertThatThrownBy(todos::addBesideEachOther) // as the pool hands it on
          .satisfies(
              thrown ->
                  assertThat(CauseChain.of(thrown))
                      .hasAtLeastOneElementOfType(TransactionRequiredException.class));
      assertThat(todos.count()).isZero();
    }
  }
}
