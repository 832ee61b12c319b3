package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.test.Database;
import io.txhost.test.ServerDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/** B16, through each driver. */
class DeadNetworkTest {

  @Nested
  class OnPostgreSql extends DeadNetwork {
    @Override
    ServerDatabase openDatabase() throws SQLException {
      return Database.postgres();
    }

    @Test
    void aCopyEndsSoonAfterTheDeadline() throws Exception {
      Throwable thrown =
          timed(
              () -> {
                CopyManager copy = host.tx().unwrap(PGConnection.class).getCopyAPI();
                CopyIn in = copy.copyIn("copy item from stdin");
                byte[] row = "2\n".getBytes(StandardCharsets.US_ASCII);
                in.writeToCopy(row, 0, row.length);
                proxy.swallow();
                in.endCopy();
              });

      assertThat(thrown).isInstanceOf(SQLException.class);
      assertNothingIsLeft(1);
    }

    @Test
    void aSlowCopyOnALivingNetworkIsCancelled() throws Exception {
      Throwable thrown =
          timed(
              () -> {
                CopyManager copy = host.tx().unwrap(PGConnection.class).getCopyAPI();
                copy.copyOut(
                    "copy (select 1 from pg_sleep(20)) to stdout", new java.io.StringWriter());
              });

      assertThat(thrown).isInstanceOf(SQLException.class);
      assertThat(((SQLException) thrown).getSQLState()).isEqualTo("57014");
      assertNothingIsLeft(1);
    }
  }

  @Nested
  class OnMariaDb extends DeadNetwork {
    @Override
    ServerDatabase openDatabase() throws SQLException {
      return Database.mariaDb();
    }
  }

  @Nested
  class OnMariaDbThroughMySqlsDriver extends DeadNetwork {
    @Override
    ServerDatabase openDatabase() throws SQLException {
      return Database.mariaDbThroughMySqlDriver();
    }
  }
}
