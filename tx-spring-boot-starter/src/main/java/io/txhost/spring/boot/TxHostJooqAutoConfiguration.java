package io.txhost.spring.boot;

import io.txhost.jooq.JooqAdapter;
import org.jooq.DSLContext;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Import;

/**
 * A {@code TransactionHost<DSLContext>} for each host of connections. Spring Boot's Configuration,
 * or the application's, joins the host that stands on its {@code DataSource}.
 */
@AutoConfiguration(
    after = TxHostAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.jooq.autoconfigure.JooqAutoConfiguration",
      "org.springframework.boot.autoconfigure.jooq.JooqAutoConfiguration"
    })
@ConditionalOnClass({DSLContext.class, JooqAdapter.class})
@Import(JooqRegistrar.class)
@SuppressWarnings("exports") // what Spring reads here is no type for callers
public final class TxHostJooqAutoConfiguration {

  /** Called by Spring. */
  TxHostJooqAutoConfiguration() {}
}
