package io.txhost.spring.page;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spring.EnableTransactionHosts;
import java.sql.Connection;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
@EnableTransactionHosts
class Application {
  @Bean
  TransactionHost<Connection> host(DataSource dataSource) {
    return TransactionHost.create(JdbcAdapter.over(dataSource));
  }
}
