package io.txhost.spring.boot;

import io.txhost.jdbi.JdbiAdapter;
import org.jdbi.v3.core.Jdbi;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Import;

/** A {@code TransactionHost<Handle>} for each host of connections, by the application's Jdbi. */
@AutoConfiguration(after = TxHostAutoConfiguration.class)
@ConditionalOnClass({Jdbi.class, JdbiAdapter.class})
@Import(JdbiRegistrar.class)
@SuppressWarnings("exports") // what Spring reads here is no type for callers
public final class TxHostJdbiAutoConfiguration {

  /** Called by Spring. */
  TxHostJdbiAutoConfiguration() {}
}
