package io.txhost.examples.todo;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The database to use; with the profile "postgres" or "mariadb" its address is the embedded
 * server's instead.
 *
 * @param adapter the library that the repository uses
 * @param url a JDBC URL of H2, PostgreSQL or MariaDB
 * @param username the database's user
 * @param password that user's password
 * @param poolSize how many connections there are at most
 * @param connectionTimeout how long a request waits for one of them
 */
@ConfigurationProperties("todo.database")
record DatabaseSettings(
    Adapter adapter,
    String url,
    String username,
    String password,
    int poolSize,
    Duration connectionTimeout) {

  /** Each has its own repository; nothing else differs. */
  enum Adapter {
    JDBC,
    JDBI,
    JOOQ
  }

  DatabaseSettings at(String otherUrl, String otherUsername, String otherPassword) {
    return new DatabaseSettings(
        adapter, otherUrl, otherUsername, otherPassword, poolSize, connectionTimeout);
  }

  /** Where the database is, without the parameters: a password may be among them. */
  String address() {
    return url.replaceFirst("[?;].*", "");
  }

  @Override
  public String toString() {
    return address() + " as " + username;
  }
}
