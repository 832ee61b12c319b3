package io.txhost.examples.todo;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/**
 * The application of the class below, on a port of its own; stopped with the class. Each test
 * begins with no todo.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Import({InterceptedRepository.class, InterceptedPublisher.Two.class})
@TestPropertySource(
    properties = "spring.datasource.hikari.connection-timeout=60000") // 200 wait for ten
@DirtiesContext
abstract class RunningApplication {
  @Autowired InterceptedRepository repository;
  @Autowired InterceptedPublisher publisher;
  @Autowired InterceptedPublisher otherPublisher;
  @Autowired private HikariDataSource pool;
  @LocalServerPort int port;

  Browser browser;
  SqlLog log;

  @BeforeEach
  void begin() throws SQLException {
    boolean isMariaDb = pool.getJdbcUrl().startsWith("jdbc:mariadb:");
    execute("truncate table todos" + (isMariaDb ? "" : " restart identity"));
    execute("delete from publication_deliveries");
    execute("delete from publications");
    browser = new Browser(port);
    log = SqlLog.watch();
  }

  @AfterEach
  void end() {
    log.close();
    repository.reset();
    publisher.reset();
    otherPublisher.reset();
  }

  final List<String> titles() throws SQLException {
    return strings("select title from todos order by id");
  }

  /** Beside the host, so that it is not in the log. */
  final List<String> strings(String select) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(select)) {
      List<String> strings = new ArrayList<>();
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
      return strings;
    }
  }

  final int connectionsOut() {
    return pool.getHikariPoolMXBean().getActiveConnections();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
