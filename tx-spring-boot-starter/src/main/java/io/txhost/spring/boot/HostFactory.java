package io.txhost.spring.boot;

import io.txhost.BeginHook;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.TransactionListener;
import java.sql.Connection;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;

/** Makes the hosts. */
final class HostFactory {
  private HostFactory() {}

  static TransactionHost<Connection> host(
      String name,
      DataSource pool,
      HostSettings settings,
      ObjectProvider<TransactionListener> listeners,
      ObjectProvider<BeginHook<? super Connection>> hooks,
      ObjectProvider<TransactionHostCustomizer> customizers) {
    TransactionHost.Builder<Connection> builder =
        TransactionHost.builder(JdbcAdapter.over(pool)).name(name);
    settings.apply(name, builder);
    listeners.orderedStream().forEach(builder::listener);
    hooks.orderedStream().forEach(builder::onBegin);
    customizers.orderedStream().forEach(customizer -> customizer.customize(name, builder));
    return builder.build();
  }
}
