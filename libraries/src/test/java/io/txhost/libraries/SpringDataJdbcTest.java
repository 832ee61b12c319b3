package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Transient;
import org.springframework.data.domain.Persistable;
import org.springframework.data.jdbc.repository.config.AbstractJdbcConfiguration;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.data.relational.core.mapping.Table;
import org.springframework.data.repository.CrudRepository;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's JdbcTransactionManager, with Spring Data JDBC. */
class SpringDataJdbcTest extends DemarcatingLibrary.OfTheApplication {
  private AnnotationConfigApplicationContext context;
  private Items items;
  private JdbcTransactionManager manager;
  private TransactionTemplate transaction;

  @Table("item")
  static final class Item implements Persistable<Integer> {
    @Id private final Integer id;
    private final String label;
    @Transient private boolean isNew;

    Item(Integer id, String label) {
      this.id = id;
      this.label = label;
    }

    static Item of(int id) {
      Item item = new Item(id, "spring");
      item.isNew = true;
      return item;
    }

    @Override
    public Integer getId() {
      return id;
    }

    String label() {
      return label;
    }

    @Override
    public boolean isNew() {
      return isNew;
    }
  }

  interface Items extends CrudRepository<Item, Integer> {}

  @Configuration
  @EnableJdbcRepositories(considerNestedRepositories = true)
  static class Application extends AbstractJdbcConfiguration {
    @Bean
    NamedParameterJdbcOperations namedParameterJdbcOperations(DataSource dataSource) {
      return new NamedParameterJdbcTemplate(dataSource);
    }

    @Bean
    TransactionManager transactionManager(DataSource dataSource) {
      return new JdbcTransactionManager(dataSource);
    }
  }

  @Override
  void openLibrary(DataSource enlisting) {
    context = new AnnotationConfigApplicationContext();
    context.registerBean(DataSource.class, () -> enlisting);
    context.register(Application.class);
    context.refresh();
    items = context.getBean(Items.class);
    manager = context.getBean(JdbcTransactionManager.class);
    transaction = new TransactionTemplate(manager);
  }

  @Override
  void closeLibrary() {
    if (context != null) {
      context.close();
    }
  }

  @Override
  void write(int id) {
    items.save(Item.of(id));
  }

  @Override
  void writeAndFail(int id) {
    transaction.executeWithoutResult(
        status -> {
          items.save(Item.of(id));
          throw new Oops();
        });
  }

  @Test
  void itsReadOnlyTransactionsReadInside() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          assertThat(items.findById(1)).isPresent(); // in a read-only transaction of Spring's
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void moreIsolationThanTheTransactionHasIsRefused() {
    TransactionTemplate serializable = new TransactionTemplate(manager);
    serializable.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);

    host.withTransaction(
        () ->
            assertThatThrownBy(() -> serializable.executeWithoutResult(status -> write(1)))
                .hasStackTraceContaining("TXH-502")
                .isNotInstanceOf(IllegalTransactionStateException.class));
    serializable.executeWithoutResult(status -> write(2));
  }
}
