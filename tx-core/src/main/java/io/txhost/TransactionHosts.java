package io.txhost;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The hosts of one application, by name: what {@code @Transactional(host = "…")} looks in.
 * Immutable.
 */
public final class TransactionHosts {
  private final Map<String, TransactionHost<?>> byName;

  private TransactionHosts(Map<String, TransactionHost<?>> byName) {
    this.byName = byName;
  }

  /**
   * A registry of these hosts. Views of one host are one host: the first of them stands for all.
   *
   * @throws IllegalArgumentException if two have one name
   */
  public static TransactionHosts of(TransactionHost<?>... hosts) {
    Map<String, TransactionHost<?>> byName = new LinkedHashMap<>();
    for (TransactionHost<?> host : Objects.requireNonNull(hosts, "hosts")) {
      Objects.requireNonNull(host, "host");
      TransactionHost<?> first = byName.putIfAbsent(host.name(), host);
      if (first != null && !areOneHost(first, host)) {
        throw new IllegalArgumentException(
            "TXH-201 Two hosts are named '"
                + host.name()
                + "': give one of them another name with TransactionHost.builder(..).name(..)");
      }
    }
    return new TransactionHosts(byName);
  }

  private static boolean areOneHost(TransactionHost<?> one, TransactionHost<?> other) {
    return one == other
        || (one instanceof DefaultTransactionHost<?> base
            && other instanceof DefaultTransactionHost<?> view
            && base.isSameAs(view));
  }

  /**
   * The host of that name; "" is {@link #defaultHost()}.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known ones
   */
  public TransactionHost<?> get(String name) {
    if (Objects.requireNonNull(name, "name").isEmpty()) {
      return defaultHost();
    }
    TransactionHost<?> host = byName.get(name);
    if (host == null) {
      throw new IllegalArgumentException("TXH-202 There is no host '" + name + "': " + known());
    }
    return host;
  }

  /**
   * The one named "default", else the only one.
   *
   * @throws IllegalArgumentException if there are several and none is named "default", or none at
   *     all
   */
  public TransactionHost<?> defaultHost() {
    TransactionHost<?> host = byName.get(DefaultTransactionHost.DEFAULT_NAME);
    if (host != null) {
      return host;
    }
    if (byName.size() == 1) {
      return byName.values().iterator().next();
    }
    throw new IllegalArgumentException(
        "TXH-202 There is no default host: name one '"
            + DefaultTransactionHost.DEFAULT_NAME
            + "', or say which is meant; "
            + known());
  }

  /** The names, in the order they were given. */
  public Set<String> names() {
    return Collections.unmodifiableSet(byName.keySet());
  }

  private String known() {
    return byName.isEmpty() ? "there are no hosts" : "known are " + byName.keySet();
  }
}
