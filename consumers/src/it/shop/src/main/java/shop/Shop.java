package shop;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spring.EnableTransactionHosts;
import java.sql.Connection;
import javax.sql.DataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A Spring Boot application that knows of txhost what the README tells. */
@SpringBootApplication
@EnableTransactionHosts
public class Shop {

  /** Its pool and its H2 in memory are Spring Boot's choice. */
  public static void main(String[] args) {
    SpringApplication.run(Shop.class, args).close();
  }

  @Bean
  TransactionHost<Connection> host(DataSource dataSource) {
    return TransactionHost.create(JdbcAdapter.over(dataSource));
  }
}
