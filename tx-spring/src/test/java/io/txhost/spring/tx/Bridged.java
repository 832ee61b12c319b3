package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A host on H2 behind a pool, and Spring's manager on it. After each test nothing is left. */
@ExtendWith(NothingLeftBehind.class)
abstract class Bridged {
  final HikariDataSource pool = new HikariDataSource();

  /** What has happened, in order. */
  final List<String> heard = new ArrayList<>();

  TransactionHost<Connection> host;
  TxHostTransactionManager manager;

  /** Over the pool itself. */
  JdbcTemplate jdbc;

  @BeforeEach
  void open() {
    pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    pool.setMaximumPoolSize(4);
    host = builder().build();
    manager = new TxHostTransactionManager(host);
    jdbc = new JdbcTemplate(pool);
    jdbc.execute("create table item (name varchar(100) unique)");
  }

  TransactionHost.Builder<Connection> builder() {
    return TransactionHost.builder(JdbcAdapter.over(pool));
  }

  @AfterEach
  void nothingIsLeft() {
    try {
      assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
      assertThat(TransactionSynchronizationManager.isSynchronizationActive()).isFalse();
      assertThat(TransactionSynchronizationManager.isActualTransactionActive()).isFalse();
      assertThat(TransactionSynchronizationManager.getCurrentTransactionName()).isNull();
      assertThat(TransactionSynchronizationManager.isCurrentTransactionReadOnly()).isFalse();
      assertThat(TransactionSynchronizationManager.getCurrentTransactionIsolationLevel()).isNull();
      assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
    } finally {
      TransactionSynchronizationManager.clear();
      pool.close();
    }
  }

  // ---- by Spring

  TransactionTemplate spring() {
    return spring(TransactionDefinition.PROPAGATION_REQUIRED);
  }

  TransactionTemplate spring(int propagation) {
    TransactionTemplate template = new TransactionTemplate(manager);
    template.setPropagationBehavior(propagation);
    return template;
  }

  void springInserts(String name) {
    jdbc.update("insert into item values (?)", name);
  }

  // ---- by the host

  void hostInserts(String name) {
    try (var statement = host.tx().prepareStatement("insert into item values (?)")) {
      statement.setString(1, name);
      statement.executeUpdate();
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  // ---- what came of it

  /** On a connection of its own. */
  List<String> items() {
    try (var connection = pool.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select name from item order by name")) {
      List<String> names = new ArrayList<>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  int connectionsOut() {
    return pool.getHikariPoolMXBean().getActiveConnections();
  }

  /** Registers one that tells all it hears. */
  void listen(String who) {
    TransactionSynchronizationManager.registerSynchronization(new Heard(who));
  }

  /** Tells all it hears. */
  class Heard implements TransactionSynchronization {
    private final String who;

    Heard(String who) {
      this.who = who + " ";
    }

    @Override
    public void suspend() {
      heard.add(who + "suspend");
    }

    @Override
    public void resume() {
      heard.add(who + "resume");
    }

    @Override
    public void savepoint(Object savepoint) {
      heard.add(who + "savepoint");
    }

    @Override
    public void savepointRollback(Object savepoint) {
      heard.add(who + "savepointRollback");
    }

    @Override
    public void beforeCommit(boolean readOnly) {
      heard.add(who + "beforeCommit" + (readOnly ? " readOnly" : ""));
    }

    @Override
    public void beforeCompletion() {
      heard.add(who + "beforeCompletion");
    }

    @Override
    public void afterCommit() {
      heard.add(who + "afterCommit");
    }

    @Override
    public void afterCompletion(int status) {
      heard.add(who + statusOf(status));
    }

    private String statusOf(int status) {
      return switch (status) {
        case STATUS_COMMITTED -> "COMMITTED";
        case STATUS_ROLLED_BACK -> "ROLLED_BACK";
        default -> "UNKNOWN";
      };
    }
  }

  static boolean isActiveForSpring() {
    return TransactionSynchronizationManager.isActualTransactionActive();
  }

  static @Nullable String nameForSpring() {
    return TransactionSynchronizationManager.getCurrentTransactionName();
  }
}
