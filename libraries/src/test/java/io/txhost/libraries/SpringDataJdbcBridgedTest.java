package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.libraries.SpringDataJdbcTest.Item;
import io.txhost.libraries.SpringDataJdbcTest.Items;
import io.txhost.spring.tx.TxHostTransactionManager;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jdbc.repository.config.AbstractJdbcConfiguration;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring Data JDBC on the pool, its transactions those of the bridge. */
class SpringDataJdbcBridgedTest extends LibraryFixture {
  private AnnotationConfigApplicationContext context;
  private Items items;
  private TransactionTemplate spring;

  @Configuration
  @EnableJdbcRepositories(considerNestedRepositories = true)
  static class Application extends AbstractJdbcConfiguration {
    @Bean
    NamedParameterJdbcOperations namedParameterJdbcOperations(DataSource pool) {
      return new NamedParameterJdbcTemplate(pool);
    }

    @Bean
    TxHostTransactionManager transactionManager(TransactionHost<?> host) {
      return new TxHostTransactionManager(host);
    }
  }

  @Override
  void openLibrary() {
    context = new AnnotationConfigApplicationContext();
    context.registerBean(DataSource.class, () -> pool);
    context.registerBean(TransactionHost.class, () -> host);
    context.register(Application.class);
    context.refresh();
    items = context.getBean(Items.class);
    spring = new TransactionTemplate(context.getBean(TxHostTransactionManager.class));
  }

  @Override
  void closeLibrary() {
    if (context != null) {
      context.close();
    }
  }

  @AfterEach
  void noConnectionIsOut() {
    assertThat(pool.connectionsOut()).isZero();
  }

  private void save(int id) {
    items.save(Item.of(id));
  }

  /** Spring's callbacks throw nothing that is checked. */
  private void insertInSprings(int id) {
    try {
      insert(id);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Integer seenByOthers() {
    return new JdbcTemplate(database.dataSource())
        .queryForObject("select count(*) from item", Integer.class);
  }

  @Test
  void aSaveInTheHostsTransactionIsCommittedAndRolledBackWithIt() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          save(2);
          assertThat(rows()).isEmpty();
        });
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(3);
                      save(4);
                      throw new Oops();
                    }))
        .isInstanceOf(Oops.class);

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void aHostsWriteInSpringsTransactionIsCommittedAndRolledBackWithTheSave() throws Exception {
    spring.executeWithoutResult(
        status -> {
          save(1);
          insertInSprings(2);
          assertThat(seenByOthers()).isZero();
        });
    assertThatThrownBy(
            () ->
                spring.executeWithoutResult(
                    status -> {
                      save(3);
                      insertInSprings(4);
                      throw new Oops();
                    }))
        .isInstanceOf(Oops.class);

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void aSaveThatFailsAndIsSwallowedEndsTheHostsTransactionWithARollback() throws Exception {
    save(1);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(2);
                      assertThatThrownBy(() -> save(1))
                          .rootCause()
                          .hasMessageContaining("duplicate key");
                    }))
        .isInstanceOf(io.txhost.UnexpectedRollbackException.class)
        .rootCause()
        .hasMessageContaining("duplicate key");

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aHostsBoundaryThatFailsAndIsSwallowedEndsSpringsTransactionWithARollback() throws Exception {
    assertThatThrownBy(
            () ->
                spring.executeWithoutResult(
                    status -> {
                      save(1);
                      assertThatThrownBy(
                              () ->
                                  host.withTransaction(
                                      () -> {
                                        insert(2);
                                        throw new Oops();
                                      }))
                          .isInstanceOf(Oops.class);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .rootCause()
        .isInstanceOf(Oops.class);

    assertThat(rows()).isEmpty();
  }

  @Test
  void itsReadOnlyTransactionsReadWhatTheHostsHasWrittenAndLeaveItWritable() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          assertThat(items.findById(1)).isPresent(); // in a read-only transaction of Spring's
          insert(2);
          save(3);
        });

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test
  void outsideASaveIsATransactionOfItsOwn() throws Exception {
    assertThatThrownBy(() -> items.saveAll(List.of(Item.of(1), Item.of(2), Item.of(2))))
        .rootCause()
        .hasMessageContaining("duplicate key");
    assertThat(rows()).isEmpty();

    save(3);
    assertThat(rows()).containsExactly(3);
  }
}
