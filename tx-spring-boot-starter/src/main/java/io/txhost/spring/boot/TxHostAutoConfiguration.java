package io.txhost.spring.boot;

import io.txhost.spring.EnableTransactionHosts;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * A host for each {@code DataSource}, and {@link EnableTransactionHosts}. What Spring Boot has
 * moved between its versions 3.5 and 4 is named by both names.
 */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
      "org.springframework.boot.jdbc.autoconfigure.XADataSourceAutoConfiguration",
      "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
      "org.springframework.boot.autoconfigure.jdbc.XADataSourceAutoConfiguration"
    },
    beforeName = {
      "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
      "org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration",
      "org.springframework.boot.jooq.autoconfigure.JooqAutoConfiguration",
      "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration",
      "org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration",
      "org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration",
      "org.springframework.boot.autoconfigure.jooq.JooqAutoConfiguration",
      "org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration"
    })
@ConditionalOnClass(DataSource.class)
@EnableConfigurationProperties(TxHostProperties.class)
@Import(HostsRegistrar.class)
@SuppressWarnings("exports") // what Spring reads here is no type for callers
public final class TxHostAutoConfiguration {
  private static final String CHECKS = "io.txhost.spring.startupChecks";
  private static final String BY_CLASS = "spring.aop.proxy-target-class";

  /** Called by Spring. */
  TxHostAutoConfiguration() {}

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingBean(name = CHECKS)
  @ConditionalOnProperty(name = BY_CLASS, havingValue = "true", matchIfMissing = true)
  @EnableTransactionHosts(proxyTargetClass = true)
  static final class ProxiedByClass {}

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingBean(name = CHECKS)
  @ConditionalOnProperty(name = BY_CLASS, havingValue = "false")
  @EnableTransactionHosts
  static final class ProxiedByInterface {}
}
