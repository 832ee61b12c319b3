package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.FallbackPolicy;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.test.RecordingDataSource.Call;
import java.lang.ref.Reference;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What connections and statements outside a transaction do, on every database and with auto-commit
 * on and off.
 */
abstract class StatementsOutside extends JdbcFixture {

  /** What the default policy refuses is {@link JoiningOutside}'s. */
  @Override
  void use(DataSource dataSource) {
    super.use(dataSource);
    host =
        TransactionHost.builder(JdbcAdapter.over(recorder))
            .fallbackPolicy(FallbackPolicy.ALLOW)
            .build();
  }

  @Test
  void aConnectionIsHeldWhileAStatementIsOpenAndNoLonger() throws Exception { // A2
    Connection connection = host.tx();
    assertThat(recorder.connectionsOut()).isZero();
    try (PreparedStatement insert =
        connection.prepareStatement("insert into item (id) values (?)")) {
      assertThat(recorder.connectionsOut()).isEqualTo(1);
      insert.setInt(1, 1);
      insert.executeUpdate();
      assertThat(rows()).containsExactly(1);
      insert.setInt(1, 2);
      insert.addBatch();
      insert.executeBatch();
      assertThat(rows()).containsExactly(1, 2);
      assertThat(insert.getConnection()).isSameAs(connection);
    }
    assertThat(recorder.connectionsOut()).isZero();
    assertThat(pool.connectionsOut()).isZero();
  }

  @Test
  void aStatementThatClosesOnCompletionGivesItsConnectionBackWithItsResult() throws Exception {
    Statement statement = host.tx().createStatement();
    statement.closeOnCompletion();

    statement.executeQuery("select 1").close();

    assertThat(statement.isClosed()).isTrue();
    assertThat(recorder.connectionsOut()).isZero();
    statement.close();
  }

  @Test
  void closingTheConnectionClosesWhatItMade() throws Exception {
    Connection connection = host.tx();
    Statement statement = connection.createStatement();
    statement.executeQuery("select 1");
    ResultSet tables = connection.getMetaData().getTables(null, null, "x", null);
    assertThat(recorder.connectionsOut()).isEqualTo(2);

    connection.close();

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(statement.isClosed()).isTrue();
    assertThat(tables.isClosed()).isTrue();
    assertThat(connection.isClosed()).isTrue();
    assertThatThrownBy(connection::createStatement)
        .isInstanceOf(SQLException.class)
        .hasMessageStartingWith("TXH-513");
    statement.close();
    connection.close();
    connection.abort(Runnable::run); // nothing is left to abort, JDBC says
    assertThat(host.tx().isClosed()).isFalse();
  }

  @Test
  void metadataAndObjectsComeFromAConnectionThatGoesBackAtOnce() throws Exception { // A21
    Connection connection = host.tx();
    DatabaseMetaData metaData = connection.getMetaData();
    assertThat(metaData.getConnection()).isSameAs(connection);
    assertThat(metaData.getDatabaseProductName()).isNotBlank();
    assertThat(metaData.getDriverMajorVersion()).isPositive();
    assertThat(metaData.getSQLKeywords()).isNotNull();
    assertThat(connection.createArrayOf("varchar", new Object[] {"x"})).isNotNull();
    assertThat(connection.nativeSQL("select 1")).isEqualTo("select 1");
    assertThat(connection.getSchema()).isNotBlank();
    assertThat(connection.isValid(30)).isTrue();
    assertThat(connection.isReadOnly()).isFalse();
    assertThat(connection.getAutoCommit()).isTrue();
    assertThat(connection.getTransactionIsolation())
        .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    assertThat(recorder.connectionsOut()).isZero();

    try (ResultSet tables = metaData.getTables(null, null, "%", null)) {
      assertThat(recorder.connectionsOut()).isEqualTo(1);
      assertThat(tables.next()).isTrue();
    }
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void whatFailsWhileItIsMadeLeavesNothingOut() {
    assertThat(catchThrowable(() -> host.tx().createStatement(-1, -1))).isNotNull();
    assertThat(catchThrowable(() -> host.tx().createArrayOf("no such type at all", new Object[0])))
        .satisfiesAnyOf(e -> assertThat(e).isNull(), e -> assertThat(e).isNotNull());
    recorder.failNext(Call.SQL, new SQLException("no"));
    assertThat(catchThrowable(() -> insert(1))).hasMessage("no");

    assertThat(recorder.connectionsOut()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void whereTheDriverThrewWhatNobodyExpectedTheConnectionIsThrownAway(Unexpected kind)
      throws Exception {
    usePool(poolOptions().size(1));
    Throwable thrown = breakNext(Call.SQL, kind);

    assertThat(catchThrowable(() -> insert(1))).isSameAs(thrown);

    assertThat(recorder.transcript())
        .contains("ABORT")
        .doesNotContain("CLOSE", "ROLLBACK", "COMMIT", "SQL");
    assertThat(recorder.connectionsOut()).isZero();
    assertThat(pool.connectionsOut()).isZero();
    insert(2);
    assertThat(rows()).containsExactly(2);
  }

  @Test
  void aConnectionThatCannotBeHadIsTheUsersOwnException() {
    SQLException failure = new SQLException("no", "08001");
    recorder.failNext(Call.GET_CONNECTION, failure);

    assertThat(catchThrowable(() -> insert(1))).isSameAs(failure);
  }

  @Test
  void textThatBeginsOrEndsATransactionIsRefusedAndNotSent() throws Exception {
    for (String sql :
        new String[] {"begin", "commit", "rollback", "insert into item values (1, 'x'); commit"}) {
      assertThatThrownBy(() -> update(sql))
          .isInstanceOf(SQLException.class)
          .hasCauseInstanceOf(TransactionException.class)
          .hasMessageContaining("withTransaction");
    }

    assertThat(recorder.transcript()).containsOnly("CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test
  void savepointsAreRefusedAndNameTheWayOut() { // A21
    Connection connection = host.tx();
    assertThatThrownBy(connection::setSavepoint).hasMessageContaining("withTransaction");
    assertThatThrownBy(() -> connection.setSavepoint("x")).hasMessageContaining("withTransaction");
  }

  @Test
  void theConnectionIsNoWrapperButItsStatementsAre() throws Exception {
    Connection connection = host.tx();
    assertThat(
            connection.isWrapperFor(
                pool.unwrap(com.zaxxer.hikari.HikariDataSource.class).getClass()))
        .isFalse();
    assertThatThrownBy(() -> connection.unwrap(javax.sql.PooledConnection.class))
        .isInstanceOf(SQLException.class)
        .hasMessageStartingWith("TXH-514")
        .hasMessageContaining("JdbcAdapter.block");
    assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.isWrapperFor(driverStatement())).isTrue();
      assertThat(statement.unwrap(driverStatement())).isNotNull();
    }
  }

  abstract Class<? extends Statement> driverStatement();

  @Test
  void autoCommitIsAsItWasWhenTheConnectionIsBack() throws Exception {
    insert(1);
    try (Connection next = pool.getConnection()) {
      assertThat(next.getAutoCommit()).isEqualTo(poolOptions().autoCommit());
    }
  }

  @Test
  void aForgottenStatementGivesItsConnectionBackWhenItIsCollected() throws Exception {
    forget(host.tx());
    assertThat(recorder.connectionsOut()).isEqualTo(1);

    // the pool is told last, on the cleaner's thread; the test's own time limit bounds the wait
    while (pool.connectionsOut() != 0) {
      System.gc();
      LockSupport.parkNanos(1_000_000);
    }

    assertThat(recorder.connectionsOut()).isZero();
  }

  private static void forget(Connection connection) throws SQLException {
    Statement statement = connection.createStatement();
    statement.executeQuery("select 1");
    Reference.reachabilityFence(statement);
  }
}
