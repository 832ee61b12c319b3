package io.txhost.spring.boot;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;

/**
 * Gives each {@code JdbcTemplate}, also of a {@code NamedParameterJdbcTemplate}, over a host's pool
 * a {@code DataSource} that joins the host by itself. What the manager binds is of its thread: a
 * structured child would have another connection, and work that fell out of a transaction would
 * write without one.
 */
final class JoiningTemplates implements BeanPostProcessor {
  private final String[] pools;
  private final String[] hosts;
  private final ConfigurableListableBeanFactory beans;
  private final Map<TransactionHost<Connection>, DataSource> joining = new ConcurrentHashMap<>();

  /**
   * For these hosts.
   *
   * @param pools the beans that they stand on, in the same order
   */
  JoiningTemplates(String[] pools, String[] hosts, ConfigurableListableBeanFactory beans) {
    this.pools = pools;
    this.hosts = hosts;
    this.beans = beans;
  }

  /** Whoever asks Spring by it has the transaction's connection, too. */
  DataSource dataSourceOf(TransactionHost<Connection> host) {
    return joining.computeIfAbsent(host, JdbcAdapter::enlistingDataSource);
  }

  @Override
  public @Nullable Object postProcessAfterInitialization(Object bean, String name) {
    JdbcTemplate template = templateIn(bean);
    if (template != null && joins(template)) {
      JoiningLibrary.note(beans, name);
    }
    return bean;
  }

  /** One with named parameters writes by a template of its own, or by a bean. */
  private static @Nullable JdbcTemplate templateIn(Object bean) {
    Object operations =
        bean instanceof NamedParameterJdbcOperations named ? named.getJdbcOperations() : bean;
    return operations instanceof JdbcTemplate template ? template : null;
  }

  private boolean joins(JdbcTemplate template) {
    DataSource pool = template.getDataSource();
    if (pool != null && joining.containsValue(pool)) {
      return true;
    }
    TransactionHost<Connection> host = hostOf(pool);
    if (host != null) {
      template.setDataSource(dataSourceOf(host));
    }
    return host != null;
  }

  @SuppressWarnings("unchecked") // chosen by that type
  private @Nullable TransactionHost<Connection> hostOf(@Nullable DataSource pool) {
    for (int i = 0; i < pools.length; i++) {
      if (pool != null && pool == beans.getBean(pools[i])) {
        return beans.getBean(hosts[i], TransactionHost.class);
      }
    }
    return null;
  }
}
