package shop;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spring.EnableTransactionHosts;
import java.sql.Connection;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Spring without Spring Boot; the pool is given. */
@Configuration
@EnableTransactionHosts
@Import(Ledger.class)
class Shop {

  @Bean
  TransactionHost<Connection> host(DataSource dataSource) {
    return TransactionHost.create(JdbcAdapter.over(dataSource));
  }
}
