package shop;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spring.EnableTransactionHosts;
import java.sql.Connection;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.context.annotation.AdviceMode;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application whose classes are woven when they are compiled. */
@Configuration
@EnableTransactionHosts(mode = AdviceMode.ASPECTJ)
public class Shop {

  @Bean
  DataSource dataSource() {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setUrl(
        "jdbc:h2:mem:woven;DB_CLOSE_DELAY=-1;INIT=create table if not exists orders(id int primary key)");
    return h2;
  }

  @Bean
  TransactionHost<Connection> host(DataSource dataSource) {
    return TransactionHost.create(JdbcAdapter.over(dataSource));
  }

  @Bean
  Orders orders(TransactionHost<Connection> host) {
    return new Orders(host);
  }
}
