package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names in the table are true. */
final class DatabaseKindTest {

  @ParameterizedTest
  @CsvSource({
    "H2, select h2version(), 2., H2 JDBC Driver",
    "POSTGRES_18, show server_version, 18., PostgreSQL JDBC Driver",
    "POSTGRES_16, show server_version, 16., PostgreSQL JDBC Driver",
    "MARIADB_11, select version(), 11., MariaDB Connector/J",
    "MARIADB_11_THROUGH_MYSQL, select version(), 11., MySQL Connector/J"
  })
  void theServerAndTheDriverAreWhatTheirNameSays(
      DatabaseKind kind, String question, String version, String driver) throws SQLException {
    try (Database database = kind.open();
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(question)) {
      answer.next();
      assertThat(answer.getString(1)).startsWith(version);
      assertThat(connection.getMetaData().getDriverName()).isEqualTo(driver);
      assertThat(kind.versions()).contains(version).contains(driver);
    }
  }
}
