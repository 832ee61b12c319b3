package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.annotation.Transactional;

/** What is refused at the start of an application with a bridge, and what is not. */
@ExtendWith(NothingLeftBehind.class)
class BridgedStartTest {

  static class Both {
    private final TransactionHost<Connection> host;

    Both(TransactionHost<Connection> host) {
      this.host = host;
    }

    @Transactional
    @io.txhost.Transactional
    public boolean isActive() {
      return host.isTransactionActive();
    }
  }

  @Transactional
  static class OnTheClass {
    private final TransactionHost<Connection> host;

    OnTheClass(TransactionHost<Connection> host) {
      this.host = host;
    }

    @io.txhost.Transactional
    public boolean isActive() {
      return host.isTransactionActive();
    }
  }

  @Test
  void bothAnnotationsOnOneMethodAreRefused() {
    for (Class<?> both : List.of(Both.class, OnTheClass.class)) {
      assertThatThrownBy(
              () ->
                  new AnnotationConfigApplicationContext(
                          BridgedApplicationTest.Application.class, both)
                      .close())
          .hasMessageContaining("TXH-645")
          .hasMessageContaining("isActive()");
    }
  }

  @Configuration
  static class AnotherManager {
    @Bean
    org.springframework.jdbc.datasource.DataSourceTransactionManager other(DataSource pool) {
      return new org.springframework.jdbc.datasource.DataSourceTransactionManager(pool);
    }
  }

  @Test
  void whereAnotherManagerMayBeMeantSpringsAnnotationIsRefusedAsBefore() {
    assertThatThrownBy(
            () ->
                new AnnotationConfigApplicationContext(
                        BridgedApplicationTest.Application.class, AnotherManager.class)
                    .close())
        .hasMessageContaining("TXH-611")
        .hasMessageContaining("TxHostTransactionManager");
  }

  @Test
  void aManagerOnAHostWithoutADataSourceIsRefused() {
    var pool = new org.h2.jdbcx.JdbcDataSource();
    pool.setUrl("jdbc:h2:mem:");
    assertThatThrownBy(
            () ->
                new TxHostTransactionManager(
                    TransactionHost.create(io.txhost.test.NoOpAdapter.over("resource"))))
        .isInstanceOf(io.txhost.TransactionException.class)
        .hasMessageStartingWith("TXH-640");
    assertThatCode(
            () ->
                new TxHostTransactionManager(
                    TransactionHost.create(
                        io.txhost.jdbi.JdbiAdapter.over(org.jdbi.v3.core.Jdbi.create(pool)))))
        .doesNotThrowAnyException();
  }
}
