package io.txhost.spring.boot;

import io.txhost.TransactionHost;
import java.sql.Connection;

/**
 * Changes the hosts that this starter makes, before they are built. Each bean of this type is asked
 * for each host, in the order of the beans, after the properties {@code txhost.*} and after the
 * beans of type {@code TransactionListener} and {@code BeginHook}.
 */
@FunctionalInterface
public interface TransactionHostCustomizer {

  /**
   * Changes one host.
   *
   * @param name of the host; naming it otherwise leaves the bean under the name that is told here
   */
  void customize(String name, TransactionHost.Builder<Connection> host);
}
