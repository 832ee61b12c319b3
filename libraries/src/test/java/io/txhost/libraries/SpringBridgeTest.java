package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spring.tx.TxHostTransactionManager;
import io.txhost.tck.LoopbackProxy;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.ServerDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The bridge to Spring's transactions where the server decides what became of one: PostgreSQL. */
@ExtendWith(NothingLeftBehind.class)
class SpringBridgeTest {
  private final List<Integer> statuses = new ArrayList<>();
  private ServerDatabase database;
  private LoopbackProxy proxy;
  private HikariDataSource pool;
  private TransactionHost<Connection> host;
  private JdbcTemplate jdbc;
  private TransactionTemplate spring;

  @BeforeEach
  void open() throws Exception {
    database = Database.postgres();
    proxy = LoopbackProxy.before(database.port());
    HikariConfig config = new HikariConfig();
    config.setDataSource(database.dataSourceAt(proxy.port()));
    config.setMaximumPoolSize(2);
    pool = new HikariDataSource(config);
    host = TransactionHost.create(JdbcAdapter.over(pool));
    spring = new TransactionTemplate(new TxHostTransactionManager(host));
    jdbc = new JdbcTemplate(pool);
    jdbc.execute("create table item (id int unique deferrable initially deferred)");
  }

  @AfterEach
  void close() throws Exception {
    assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
    assertThat(TransactionSynchronizationManager.isSynchronizationActive()).isFalse();
    pool.close();
    proxy.close();
    database.close();
  }

  private void insert(int id) {
    jdbc.update("insert into item values (?)", id);
  }

  private void swallowAFailure() {
    assertThatThrownBy(() -> jdbc.execute("insert into nowhere values (1)")).isNotNull();
  }

  private void listen() {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCompletion(int status) {
            statuses.add(status);
          }
        });
  }

  private int rows() {
    return new JdbcTemplate(database.dataSource())
        .queryForObject("select count(*) from item", Integer.class);
  }

  @Test
  void aFailureThatIsSwallowedIsNoCommitForSpring() {
    assertThatThrownBy(
            () ->
                spring.executeWithoutResult(
                    status -> {
                      listen();
                      insert(1);
                      swallowAFailure();
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .rootCause()
        .isInstanceOf(SQLException.class);
    assertThat(rows()).isZero();
    assertThat(statuses).containsExactly(TransactionSynchronization.STATUS_ROLLED_BACK);
  }

  @Test
  void aFailureOfSpringsStatementThatIsSwallowedIsNoCommitForTheHost() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      listen();
                      insert(1);
                      swallowAFailure();
                    }))
        .isInstanceOf(io.txhost.UnexpectedRollbackException.class);
    assertThat(rows()).isZero();
    assertThat(statuses).containsExactly(TransactionSynchronization.STATUS_ROLLED_BACK);
  }

  @Test
  void aRefusalAtTheCommitIsSpringsExceptionForItAndTheHostsForTheHost() {
    assertThatThrownBy(
            () ->
                spring.executeWithoutResult(
                    status -> {
                      listen();
                      insert(1);
                      insert(1);
                    }))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      listen();
                      insert(1);
                      insert(1);
                    }))
        .isInstanceOf(io.txhost.TransactionCommitException.class);
    assertThat(rows()).isZero();
    assertThat(statuses)
        .containsExactly(
            TransactionSynchronization.STATUS_ROLLED_BACK,
            TransactionSynchronization.STATUS_ROLLED_BACK);
  }

  @Test
  void anAnswerToTheCommitThatIsLostIsToldAsUnknown() {
    assertThatThrownBy(
            () ->
                spring.executeWithoutResult(
                    status -> {
                      listen();
                      insert(1);
                      loseTheNextAnswer();
                    }))
        .isInstanceOf(TransactionSystemException.class)
        .hasCauseInstanceOf(CommitOutcomeUnknownException.class);
    proxy.spare();
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      listen();
                      insert(2);
                      loseTheNextAnswer();
                    }))
        .isInstanceOf(CommitOutcomeUnknownException.class);
    proxy.spare();
    assertThat(statuses)
        .containsExactly(
            TransactionSynchronization.STATUS_UNKNOWN, TransactionSynchronization.STATUS_UNKNOWN);
  }

  private void loseTheNextAnswer() {
    proxy.reset();
    proxy.cutAfterAnswering(1);
  }
}
