package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionRequiredException;
import io.txhost.test.RecordingDataSource.Call;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Statements and blocks that were made outside and are kept for long, by code that is not kind. */
abstract class KeptOutside extends JdbcFixture {
  private static final String INSERT = "insert into item (id, label) values (?, ?)";

  private interface Work {
    void run() throws Exception;
  }

  private void rolledBack(Work work) {
    IllegalStateException fromUser = new IllegalStateException("user");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      work.run();
                      throw fromUser;
                    }))
        .isSameAs(fromUser);
  }

  private static void assertRefused(Work write) {
    assertThatThrownBy(write::run).isExactlyInstanceOf(TransactionRequiredException.class);
  }

  // ---- texts

  @Test
  void aWriteThatAQueryLeadsToIsRefused() throws Exception { // B11
    for (String sql : hiddenWrites()) {
      try (Statement statement = host.tx().createStatement()) {
        assertThatThrownBy(() -> statement.execute(sql))
            .as(sql)
            .isExactlyInstanceOf(TransactionRequiredException.class);
      }
    }

    assertThat(rows()).isEmpty();
  }

  abstract List<String> hiddenWrites();

  @Test
  void aQueryWithAFunctionThatIsNamedAsAWriteIsARead() throws Exception { // A2
    assertThat(ask("with a as (select 'xay' as v) select replace(v, 'a', 'b') from a"))
        .isEqualTo("xby");
  }

  // ---- statements

  @Test
  void theDriversStatementIsOfTheTransactionItIsAskedForIn() throws Exception { // A27
    try (PreparedStatement kept = host.tx().prepareStatement("select 1");
        Statement plain = host.tx().createStatement()) {
      rolledBack(
          () -> {
            insert(1);
            plain
                .unwrap(driverStatement())
                .executeUpdate("insert into item (id, label) values (2, 'x')");
            assertThat(ask("select count(*) from item")).isEqualTo("2");
          });
      assertThat(kept.unwrap(PreparedStatement.class)).isSameAs(kept);
      assertThat(kept.isWrapperFor(PreparedStatement.class)).isTrue();
      assertThat(kept.isWrapperFor(driverStatement())).isTrue();
    }

    assertThat(rows()).isEmpty();
    assertThat(recorder.connectionsOut()).isZero();
  }

  abstract Class<? extends Statement> driverStatement();

  @Test
  void aStatementThatWasInATransactionTellsOfItselfAfterIt() throws Exception { // A27
    try (PreparedStatement kept =
        host.tx().prepareStatement("select label from item where id = ?")) {
      kept.setInt(1, 1);
      host.withTransaction(() -> assertThat(kept.executeQuery().next()).isFalse());
      assertThat(kept.getMetaData().getColumnCount()).isEqualTo(1);
      assertThat(kept.getParameterMetaData().getParameterCount()).isEqualTo(1);
    }

    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void aParameterIsWhatItWasWhenItWasSet() throws Exception { // A27
    byte[] label = {'a'};
    java.sql.Date day = new java.sql.Date(0);
    try (PreparedStatement insert = host.tx().prepareStatement(INSERT)) {
      for (int id = 1; id <= 2; id++) {
        insert.setInt(1, id);
        setText(insert, 2, label);
        insert.addBatch();
        label[0]++;
      }
      host.withTransaction(() -> assertThat(insert.executeBatch()).hasSize(2));
    }
    try (PreparedStatement asked =
        host.tx().prepareStatement("select count(*) from item where cast(? as date) < ?")) {
      asked.setDate(1, day);
      asked.setDate(2, java.sql.Date.valueOf("2000-01-01"));
      day.setTime(System.currentTimeMillis());
      host.withTransaction(() -> assertThat(only(asked)).isEqualTo(2));
    }

    assertThat(ask("select label from item where id = 1")).isEqualTo("a");
    assertThat(ask("select label from item where id = 2")).isEqualTo("b");
  }

  /** As an object of the user's that it goes on to change. */
  void setText(PreparedStatement statement, int index, byte[] text) throws SQLException {
    statement.setBytes(index, text);
  }

  static String text(byte[] text) {
    return new String(text, StandardCharsets.US_ASCII);
  }

  private static int only(PreparedStatement query) throws SQLException {
    try (ResultSet result = query.executeQuery()) {
      result.next();
      return result.getInt(1);
    }
  }

  @Test
  void aBatchThatFailedIsNotSentAgainInTheNextAttempt() throws Exception { // A27
    outside("insert into item (id, label) values (7, 'was')");
    try (PreparedStatement insert = host.tx().prepareStatement(INSERT)) {
      for (int attempt = 1; attempt <= 2; attempt++) {
        int second = attempt == 1 ? 7 : 8;
        Work work =
            () -> {
              for (int id : new int[] {1, second}) {
                insert.setInt(1, id);
                insert.setString(2, "x");
                insert.addBatch();
              }
              assertThat(insert.executeBatch()).hasSize(2);
            };
        if (attempt == 1) {
          assertThatThrownBy(() -> host.withTransaction(work::run))
              .isInstanceOf(BatchUpdateException.class);
        } else {
          host.withTransaction(work::run);
        }
      }
    }

    assertThat(rows()).containsExactly(1, 7, 8);
  }

  @Test
  void aBatchThatWasRefusedIsStillThere() throws Exception { // A27
    try (PreparedStatement insert = host.tx().prepareStatement(INSERT)) {
      insert.setInt(1, 1);
      insert.setString(2, "x");
      insert.addBatch();
      assertRefused(insert::executeBatch);
      host.withTransaction(() -> assertThat(insert.executeBatch()).hasSize(1));
    }

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aParameterWhoseReplacementWasRefusedIsStillSet() throws Exception { // A27
    try (PreparedStatement insert = host.tx().prepareStatement(INSERT)) {
      insert.setInt(1, 1);
      insert.setAsciiStream(2, new ByteArrayInputStream(new byte[] {'x'}), 1);
      host.withTransaction(
          () ->
              assertThatThrownBy(() -> insert.setInt(1, 2))
                  .isInstanceOf(TransactionException.class)
                  .hasMessageContaining("TXH-517"));
      insert.setString(2, "y");
      host.withTransaction(() -> assertThat(insert.executeUpdate()).isEqualTo(1));
    }

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aStatementThatGoesBetweenTransactionsLeavesNoneOpenBehind() throws Exception { // A27
    List<Statement> made = new ArrayList<>();
    try (PreparedStatement count = host.tx().prepareStatement("select count(*) from item")) {
      host.withTransaction(
          () -> {
            for (int i = 0; i < 20; i++) {
              only(count);
              made.add(count.unwrap(driverStatement()));
              host.withTransaction(Propagation.REQUIRES_NEW, () -> only(count));
            }
            only(count);
            int open = 0;
            for (Statement each : made) {
              open += each.isClosed() ? 0 : 1;
            }
            assertThat(open).isLessThanOrEqualTo(1);
          });
    }
  }

  @Test
  void aStatementForgottenOnAConnectionThatIsKeptGivesItsConnectionBack() throws Exception {
    Connection kept = host.tx();
    forget(kept);
    for (int i = 0; i < 200 && recorder.connectionsOut() > 0; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(10);
    }

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(kept.isClosed()).isFalse();
  }

  private static void forget(Connection connection) throws SQLException {
    connection.createStatement().executeQuery("select 1").next();
  }

  // ---- blocks

  @Test
  void aStatementOfABlockIsNotUsedInTheTransactionThatHasItsConnection() throws Exception { // A26
    usePool(poolOptions().size(3));
    try (Connection block = JdbcAdapter.block(host.tx());
        Statement count = block.createStatement();
        PreparedStatement insert = block.prepareStatement(INSERT)) {
      ask(block, "select 1");
      insert.setInt(1, 2);
      insert.setString(2, "x");
      rolledBack(
          () -> {
            insert(1);
            host.withoutTransaction(
                () -> {
                  try (ResultSet result = count.executeQuery("select count(*) from item")) {
                    result.next();
                    assertThat(result.getInt(1)).isZero();
                  }
                  insert.executeUpdate();
                });
          });
      assertThat(rows()).containsExactly(2);
      assertThat(ask(block, "select count(*) from item")).isEqualTo("1");
    }

    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void aBlockWhoseConnectionIsLentHasNoneToUnwrap() throws Exception { // A26
    try (Connection block = JdbcAdapter.block(host.tx())) {
      ask(block, "select 1");
      host.withTransaction(
          () -> {
            insert(1);
            host.withoutTransaction(
                () -> {
                  assertThatThrownBy(() -> block.unwrap(driverConnection()))
                      .isInstanceOf(SQLException.class)
                      .hasMessageContaining("TXH-514");
                  assertThat(block.isWrapperFor(driverConnection())).isFalse();
                });
          });
      assertThat(block.unwrap(driverConnection())).isNotNull();
    }
  }

  abstract Class<?> driverConnection();

  @Test
  void aStatementOfABlockGoesOnWhereItsTransactionThrewItsConnectionAway() throws Exception {
    usePool(poolOptions().size(2));
    try (Connection block = JdbcAdapter.block(host.tx());
        PreparedStatement count = block.prepareStatement("select count(*) from item")) {
      assertThat(only(count)).isZero();
      recorder.failNext(Call.ROLLBACK, new SQLException("gone", "08006"));
      rolledBack(() -> insert(1));
      assertThat(only(count)).isZero();
    }

    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void blocksThatTookTheirConnectionsAnewAreNotGoneThroughForEver() throws Exception { // A26
    usePool(poolOptions().size(6));
    try (Connection outer = JdbcAdapter.block(host.tx());
        Connection inner = JdbcAdapter.block(host.tx())) {
      ask(outer, "select 1");
      ask(inner, "select 1");
      host.withTransaction(
          () -> { // has inner's
            insert(1);
            recorder.failNext(Call.ROLLBACK, new SQLException("gone", "08006"));
            assertThatThrownBy(
                    () ->
                        host.withTransaction(
                            Propagation.REQUIRES_NEW,
                            () -> { // has outer's, and throws it away
                              insert(2);
                              throw new IllegalStateException("user");
                            }))
                .isInstanceOf(IllegalStateException.class);
          });
      ask(outer, "select 1");
      host.withTransaction(
          () -> {
            insert(3);
            host.withTransaction(
                Propagation.REQUIRES_NEW,
                () -> {
                  insert(4);
                  host.withTransaction(Propagation.REQUIRES_NEW, () -> insert(5));
                });
          });
    }

    assertThat(rows()).containsExactly(1, 3, 4, 5);
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void aTransactionIsNotLentWhatAnotherThreadTookForTheBlockMeanwhile() throws Exception { // A26
    usePool(poolOptions().size(4));
    try (Connection block = JdbcAdapter.block(host.tx())) {
      String first = ask(block, database.connectionIdQuery());
      List<Object> taken = new ArrayList<>();
      inAnotherThread(
          () -> {
            recorder.failNext(Call.ROLLBACK, new SQLException("gone", "08006"));
            breakNext(Call.SQL, Unexpected.ERROR);
            assertThatThrownBy(() -> ask(block, "select 1")).isInstanceOf(OutOfMemoryError.class);
            taken.add(ask(block, database.connectionIdQuery()));
          });
      assertThat(taken).doesNotContain(first);
      host.withTransaction(
          () -> assertThat(ask(database.connectionIdQuery())).isNotEqualTo(taken.get(0)));
    }

    assertThat(recorder.connectionsOut()).isZero();
  }

  private static void inAnotherThread(Work work) throws InterruptedException {
    List<Throwable> failures = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Throwable e) {
                failures.add(e);
              }
            });
    thread.start();
    thread.join();
    assertThat(failures).isEmpty();
  }
}
