package io.txhost.spring;

import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The transaction managers of Spring's on hosts that an application has: what Spring's annotations
 * and listeners do is done in those hosts' transactions. By their name, since the bridge is only
 * there where Spring's transactions are.
 */
final class Bridges {
  static final Set<String> BRIDGE = Set.of("io.txhost.spring.tx.TxHostTransactionManager");
  private static final Set<String> MANAGER =
      Set.of("org.springframework.transaction.TransactionManager");

  /** What a message says of it as a way out. */
  static final String WAY_OUT =
      "make an io.txhost.spring.tx.TxHostTransactionManager on the host the application's"
          + " transaction manager";

  private final BeanGraph beans;
  private final List<String> bridges;
  private final List<String> others;

  /** What they lead to: their hosts, and what those stand on. */
  private final Set<String> reached;

  Bridges(BeanGraph beans) {
    this.beans = beans;
    List<String> managers =
        beans.types().keySet().stream()
            .filter(bean -> NamedTypes.isAny(beans.typeOf(bean), MANAGER))
            .toList();
    this.bridges = managers.stream().filter(bean -> isBridge(beans.typeOf(bean))).toList();
    this.others = managers.stream().filter(bean -> !bridges.contains(bean)).toList();
    this.reached = reachedFrom(bridges);
  }

  static boolean isBridge(@Nullable Class<?> type) {
    return NamedTypes.isAny(type, BRIDGE);
  }

  private Set<String> reachedFrom(List<String> starts) {
    Set<String> seen = new LinkedHashSet<>(starts);
    Deque<String> next = new ArrayDeque<>(starts);
    while (!next.isEmpty()) {
      beans.dependenciesOf(next.remove()).stream().filter(seen::add).forEach(next::add);
    }
    return seen;
  }

  boolean areThere() {
    return !bridges.isEmpty();
  }

  /** Whether a manager is declared by an interface, so that it may be one. */
  boolean mayBeThere() {
    return areThere()
        || others.stream().map(beans::typeOf).anyMatch(type -> type != null && type.isInterface());
  }

  /** Whether it is the one that Spring's annotation takes where it names none. */
  boolean areSprings() {
    return areThere() && (others.isEmpty() || bridges.stream().anyMatch(beans::isPrimary));
  }

  /** Whether the host that the bean has is one of theirs, as far as can be told. */
  boolean serveHostOf(String bean) {
    List<String> theirs = reached.stream().filter(this::isHost).toList();
    List<String> its = beans.dependenciesOf(bean).stream().filter(this::isHost).toList();
    return theirs.isEmpty()
        || its.isEmpty()
        || its.stream().anyMatch(host -> !intersection(host, theirs).isEmpty());
  }

  private List<String> intersection(String host, List<String> theirs) {
    Set<String> behind = reachedFrom(List.of(host)); // of a view, what it is a view of
    return theirs.stream().filter(behind::contains).toList();
  }

  private boolean isHost(String bean) {
    return beans.isOf(bean, TransactionHost.class) || beans.isOf(bean, TransactionHosts.class);
  }

  /** Whether Spring's look-up by the pool gives the connection of a transaction of theirs. */
  boolean serve(String pool) {
    return areThere() && (reached.contains(pool) || reached.stream().noneMatch(this::isHost));
  }
}
