package io.txhost.jdbc;

import io.txhost.Isolation;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/**
 * What is asked of the database once, on the first connection. One round trip on PostgreSQL, for
 * the isolation.
 *
 * @param dialect what differs from other databases
 * @param defaultIsolation the pool's
 * @param description the database, for messages: no credentials
 */
record DatabaseProfile(Dialect dialect, Isolation defaultIsolation, String description) {

  static DatabaseProfile ask(Connection connection) throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    DatabaseProfile known =
        new DatabaseProfile(
            Dialect.of(metaData),
            Levels.of(connection.getTransactionIsolation()),
            metaData.getDatabaseProductName() + withoutCredentials(metaData.getURL()));
    if (known.dialect instanceof GenericDialect && !connection.getAutoCommit()) {
      connection.rollback(); // the questions may have begun a transaction
    }
    return known;
  }

  /** Without what follows the address, and without what stands before an {@code @}. */
  private static String withoutCredentials(String url) {
    if (url == null) {
      return "";
    }
    int parameters = 0;
    while (parameters < url.length() && ";?&(".indexOf(url.charAt(parameters)) < 0) {
      parameters++;
    }
    String address = url.substring(0, parameters);
    int user = address.lastIndexOf('@');
    return " at " + (user < 0 ? address : address.substring(user + 1));
  }

  Isolation effective(Isolation asked) {
    return dialect.effective(asked == Isolation.DEFAULT ? defaultIsolation : asked);
  }
}
