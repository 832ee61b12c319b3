package io.txhost.spring;

import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which beans use a host, by themselves or through others. */
final class HostUse {
  /** What a host makes join its transactions when it is built over it. */
  private static final Set<String> JOINING =
      Set.of("org.jdbi.v3.core.Jdbi", "org.jooq.Configuration", "org.jooq.DSLContext");

  /** What demarcates by itself, or hands connections to what does. */
  private static final Set<String> DEMARCATES =
      Set.of("javax.sql.DataSource", "org.springframework.transaction.TransactionManager");

  private final BeanGraph beans;
  private final BeanGraph.Search search;
  private final Set<String> joining = new HashSet<>();

  HostUse(BeanGraph beans) {
    this.beans = beans;
    this.search = beans.search(this::usesHost, this::isEnd);
    for (String host : beans.named(TransactionHost.class)) {
      beans.dependenciesOf(host).stream().filter(this::isJoining).forEach(joining::add);
    }
  }

  /** The shortest way to a bean that has a host, both included; empty if there is none. */
  List<String> wayFrom(String bean) {
    return search.from(bean);
  }

  /** How a bean at the end of a way uses the host. */
  String how(String bean) {
    return hasHost(bean)
        ? "has a TransactionHost"
        : "uses '"
            + beans.dependenciesOf(bean).stream().filter(joining::contains).findFirst().orElse("")
            + "', which is a TransactionHost's";
  }

  /** Whether a host was built over the bean, which joins it since. */
  boolean isHosts(String bean) {
    return joining.contains(bean);
  }

  boolean isHostOrHasOne(String bean) {
    return isHost(bean) || hasHost(bean);
  }

  private boolean usesHost(String bean) {
    return !isEnd(bean)
        && (hasHost(bean) || beans.dependenciesOf(bean).stream().anyMatch(joining::contains));
  }

  private boolean hasHost(String bean) {
    Class<?> type = beans.typeOf(bean);
    return beans.dependenciesOf(bean).stream().anyMatch(this::isHost)
        || (type != null
            && InjectionPoint.mentions(type, TransactionHost.class, TransactionHosts.class));
  }

  private boolean isHost(String bean) {
    return beans.isOf(bean, TransactionHost.class) || beans.isOf(bean, TransactionHosts.class);
  }

  private boolean isJoining(String bean) {
    return NamedTypes.isAny(beans.typeOf(bean), JOINING);
  }

  private boolean isEnd(String bean) {
    return NamedTypes.isAny(beans.typeOf(bean), DEMARCATES);
  }
}
