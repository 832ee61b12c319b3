package io.txhost.examples.todo;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The database to use; with the profile "postgres" its address is the embedded server's instead.
 *
 * @param url a JDBC URL of H2 or PostgreSQL
 * @param username the database's user
 * @param password that user's password
 * @param poolSize how many connections there are at most
 * @param connectionTimeout how long a request waits for one of them
 */
@ConfigurationProperties("todo.database")
record DatabaseSettings(
    String url, String username, String password, int poolSize, Duration connectionTimeout) {

  DatabaseSettings at(String otherUrl, String otherUsername, String otherPassword) {
    return new DatabaseSettings(
        otherUrl, otherUsername, otherPassword, poolSize, connectionTimeout);
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
