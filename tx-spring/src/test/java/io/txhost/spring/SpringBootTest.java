package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.SpringVersion;

/** A small application of Spring Boot, of the newest and of the oldest that is supported. */
@ExtendWith(NothingLeftBehind.class)
class SpringBootTest {
  @RegisterExtension final LogRecorder log = new LogRecorder();

  @Configuration
  @EnableAutoConfiguration
  @EnableTransactionHosts
  @Import(Items.class)
  static class Application {
    @Bean
    DataSource dataSource() {
      HikariDataSource pool = new HikariDataSource();
      pool.setJdbcUrl("jdbc:h2:mem:boot;DB_CLOSE_DELAY=-1");
      pool.setMaximumPoolSize(2);
      return pool;
    }

    @Bean
    TransactionHost<Connection> host(DataSource dataSource) {
      return TransactionHost.create(JdbcAdapter.over(dataSource));
    }
  }

  static class Items {
    private final TransactionHost<Connection> host;

    Items(TransactionHost<Connection> host) {
      this.host = host;
    }

    @Transactional(propagation = Propagation.NOT_SUPPORTED) // H2 commits at it
    public void create() throws SQLException {
      execute("create table item (id int)");
    }

    @Transactional
    public void addTwo(boolean fail) throws SQLException {
      execute("insert into item values (1)");
      execute("insert into item values (2)");
      if (fail) {
        throw new SQLException("after both");
      }
    }

    @Transactional(readOnly = true)
    public int count() throws SQLException {
      try (Statement statement = host.tx().createStatement();
          ResultSet rows = statement.executeQuery("select count(*) from item")) {
        rows.next();
        return rows.getInt(1);
      }
    }

    private void execute(String sql) throws SQLException {
      try (Statement statement = host.tx().createStatement()) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void anApplicationOfSpringBootStartsAndHasItsTransactions() throws Exception {
    SpringApplication application = new SpringApplication(Application.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setListeners(
        application.getListeners().stream()
            .filter(l -> !(l instanceof LoggingApplicationListener)) // it would reset the log
            .toList());
    try (ConfigurableApplicationContext started = application.run()) {
      Items items = started.getBean(Items.class);
      items.create();
      assertThatThrownBy(() -> items.addTwo(true)).hasMessage("after both");
      assertThat(items.count()).isZero();
      items.addTwo(false);
      assertThat(items.count()).isEqualTo(2);
    }
    assertThat(log.messages()).isEmpty();
  }

  @Test
  void theOldestSpringIsReallyTheOneOnTheClassPath() {
    String oldest = System.getProperty("spring.oldest");
    if (oldest != null) {
      assertThat(SpringVersion.getVersion()).isEqualTo(oldest);
      assertThat(SpringBootVersion.getVersion()).startsWith("3.5.");
    } else {
      assertThat(SpringVersion.getVersion()).startsWith("7.");
      assertThat(SpringBootVersion.getVersion()).startsWith("4.");
    }
  }
}
