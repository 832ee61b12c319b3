package io.txhost.spring;

import io.txhost.TransactionHost;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.util.ClassUtils;

/**
 * Warns of other libraries over a pool that is a host's: what they write is on connections of their
 * own, and in none of the host's transactions.
 */
final class BesideTheHosts implements StartupCheck {
  private static final String JOINED = "io.txhost.joined";
  private static final Set<String> DATA_SOURCE = Set.of("javax.sql.DataSource");

  /** What they are, and what to do. */
  private enum Library {
    TEMPLATE(
        true,
        "give it JdbcAdapter.dataSource(host), whose connections are the transaction's, or "
            + Bridges.WAY_OUT,
        "org.springframework.jdbc.core.JdbcOperations",
        "org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations",
        "org.springframework.jdbc.core.simple.JdbcClient",
        "org.apache.ibatis.session.SqlSessionFactory",
        "org.apache.ibatis.session.SqlSession"),
    MANAGER(
        false,
        "give it JdbcAdapter.enlistingDataSource(host), so that it takes part in the host's, or "
            + Bridges.WAY_OUT
            + ", or begin"
            + " the host's by io.txhost.Transactional or host.withTransaction(..)",
        "org.springframework.transaction.PlatformTransactionManager"),
    JDBI(
        false,
        "make it join by JdbiAdapter.view(host, jdbi), or build the host over it, without Spring's"
            + " JdbiFactoryBean",
        "org.jdbi.v3.core.Jdbi"),
    JOOQ(
        false,
        "take the DSLContext of JooqAdapter.view(host, dialect)",
        "org.jooq.DSLContext",
        "org.jooq.Configuration"),
    JPA(
        false,
        "write either by it or by the host, never by both in one use case",
        "jakarta.persistence.EntityManagerFactory");

    /** Whether it asks Spring for the connection of a pool. */
    private final boolean isServedBySpring;

    private final String instead;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<String> types;

    Library(boolean isServedBySpring, String instead, String... types) {
      this.isServedBySpring = isServedBySpring;
      this.instead = instead;
      this.types = Set.of(types);
    }

    static @Nullable Library of(@Nullable Class<?> type) {
      return Arrays.stream(values())
          .filter(library -> NamedTypes.isAny(type, library.types))
          .findFirst()
          .orElse(null);
    }
  }

  private final ConfigurableListableBeanFactory factory;

  BesideTheHosts(ConfigurableListableBeanFactory factory) {
    this.factory = factory;
  }

  @Override
  public void made(BeanGraph beans, Findings findings) {
    Map<String, String> pools = poolsOfHosts(beans);
    if (!pools.isEmpty()) {
      HostUse hosts = new HostUse(beans);
      Bridges bridges = new Bridges(beans);
      BeanGraph.Search search =
          beans.search(
              pools::containsKey, bean -> hosts.isHostOrHasOne(bean) || isToldToJoin(bean));
      beans.types().keySet().stream()
          .filter(bean -> !isJoined(bean, beans, hosts) && isUsed(bean))
          .forEach(bean -> warn(bean, beans, search, pools, bridges, findings));
    }
  }

  private void warn(
      String bean,
      BeanGraph beans,
      BeanGraph.Search search,
      Map<String, String> pools,
      Bridges bridges,
      Findings findings) {
    Class<?> type = beans.typeOf(bean);
    Library library = Library.of(type);
    List<String> way = library == null ? List.of() : search.from(bean);
    if (library != null && type != null && !way.isEmpty()) {
      String pool = way.get(way.size() - 1);
      if ((library.isServedBySpring && bridges.serve(pool)) || Bridges.isBridge(type)) {
        return;
      }
      findings.warn(
          Wording.finding(
              "TXH-626",
              bean,
              "this "
                  + ClassUtils.getShortName(type)
                  + " stands on '"
                  + pool
                  + "', as the TransactionHost '"
                  + pools.get(pool)
                  + "' does: "
                  + (library == Library.MANAGER
                      ? "its transactions and the host's do not know of each other; "
                      : "what it writes is in none of the host's transactions; ")
                  + library.instead));
    }
  }

  /** The data sources that hosts stand on, with the bean of the host. */
  private static Map<String, String> poolsOfHosts(BeanGraph beans) {
    Map<String, String> pools = new LinkedHashMap<>();
    for (String host : beans.named(TransactionHost.class)) {
      Set<String> seen = new HashSet<>(Set.of(host));
      Deque<String> next = new ArrayDeque<>(seen);
      while (!next.isEmpty()) {
        String here = next.remove();
        if (NamedTypes.isAny(beans.typeOf(here), DATA_SOURCE)) {
          pools.putIfAbsent(here, host);
        }
        beans.dependenciesOf(here).stream().filter(seen::add).forEach(next::add);
      }
    }
    return pools;
  }

  /** A Jdbi or jOOQ that a host was built over, or can have been made to join by who has both. */
  private boolean isJoined(String bean, BeanGraph beans, HostUse hosts) {
    Library library = Library.of(beans.typeOf(bean));
    return hosts.isHosts(bean)
        || isToldToJoin(bean)
        || ((library == Library.JDBI || library == Library.JOOQ)
            && Arrays.stream(factory.getDependentBeans(bean)).anyMatch(hosts::isHostOrHasOne));
  }

  /** By who has made it join after it was made: the starter. */
  private boolean isToldToJoin(String bean) {
    return factory.containsBeanDefinition(bean)
        && factory.getBeanDefinition(bean).getAttribute(JOINED) != null;
  }

  /** What Spring Boot makes unasked counts only where the application takes it. */
  private boolean isUsed(String bean) {
    return !isSpringBoots(bean)
        || Arrays.stream(factory.getDependentBeans(bean))
            .anyMatch(user -> factory.containsBeanDefinition(user) && !isSpringBoots(user));
  }

  private boolean isSpringBoots(String bean) {
    return factory.containsBeanDefinition(bean)
        && factory.getMergedBeanDefinition(bean) instanceof RootBeanDefinition definition
        && (isNamedAsSpringBoots(definition.getBeanClassName())
            || (definition.getResolvedFactoryMethod() != null
                && isNamedAsSpringBoots(
                    definition.getResolvedFactoryMethod().getDeclaringClass().getName())));
  }

  private static boolean isNamedAsSpringBoots(@Nullable String type) {
    return type != null && type.startsWith("org.springframework.boot.");
  }
}
