package io.txhost.spring.boot;

import io.txhost.spring.tx.TxHostTransactionManager;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionManager;

/**
 * Spring's transaction manager on each host, in place of the one that Spring Boot would make over
 * the {@code DataSource}. It comes after JPA's, which it does not replace.
 */
@AutoConfiguration(
    after = TxHostAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
      "org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration",
      "org.springframework.boot.transaction.jta.autoconfigure.JtaAutoConfiguration",
      "org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration",
      "org.springframework.boot.autoconfigure.transaction.TransactionManagerCustomizationAutoConfiguration",
      "org.springframework.boot.autoconfigure.transaction.jta.JtaAutoConfiguration"
    },
    beforeName = {
      "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
      "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration",
      "org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration",
      "org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration"
    })
@ConditionalOnClass({TransactionManager.class, JdbcTemplate.class, TxHostTransactionManager.class})
@ConditionalOnProperty(name = "txhost.transaction-manager", matchIfMissing = true)
@ConditionalOnMissingBean(TransactionManager.class)
@Import(ManagersRegistrar.class)
@SuppressWarnings("exports") // what Spring reads here is no type for callers
public final class TxHostTransactionAutoConfiguration {

  /** Called by Spring. */
  TxHostTransactionAutoConfiguration() {}
}
