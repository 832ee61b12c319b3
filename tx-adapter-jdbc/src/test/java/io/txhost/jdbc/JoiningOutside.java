package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionRequiredException;
import io.txhost.UnexpectedRollbackException;
import java.io.ByteArrayInputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * What was got outside a transaction under the default policy: reads go on, writes are refused, and
 * where a transaction is active it is used in that.
 */
abstract class JoiningOutside extends JdbcFixture {
  private static final String INSERT = "insert into item (id, label) values (?, ?)";

  private static void insert(Connection connection, int id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("insert into item (id, label) values (" + id + ", 'x')");
    }
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

  private interface Work {
    void run() throws Exception;
  }

  private static void assertRefused(Work write) {
    assertThatThrownBy(write::run)
        .isExactlyInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("READ_ONLY");
  }

  private void assertNothingWasSent() {
    assertThat(recorder.transcript()).doesNotContain("SQL", "SQL failed", "BEGIN", "COMMIT");
    assertThat(recorder.connectionsOut()).isZero();
  }

  // ---- refused outside

  @Test
  void everyWayToWriteOutsideIsRefusedBeforeAnythingIsSent() throws Exception { // A2 B11
    try (Statement statement = host.tx().createStatement()) {
      String insert = "insert into item (id) values (1)";
      assertRefused(() -> statement.execute(insert));
      assertRefused(() -> statement.executeUpdate(insert));
      assertRefused(() -> statement.executeLargeUpdate(insert));
      assertRefused(() -> statement.execute(insert, Statement.RETURN_GENERATED_KEYS));
      assertRefused(() -> statement.executeUpdate(insert, new String[] {"id"}));
      assertRefused(() -> statement.execute("create table made (id integer)"));
      statement.addBatch(insert);
      assertRefused(statement::executeBatch);
    }
    try (PreparedStatement prepared = host.tx().prepareStatement(INSERT)) {
      prepared.setInt(1, 1);
      prepared.setString(2, "x");
      assertRefused(prepared::execute);
      assertRefused(prepared::executeUpdate);
      assertRefused(prepared::executeLargeUpdate);
      prepared.addBatch();
      assertRefused(prepared::executeBatch);
    }

    assertNothingWasSent();
    assertThat(rows()).isEmpty();
  }

  @Test
  void aReadThatLocksIsRefusedAndAnotherIsNot() throws Exception { // A2
    for (String locking :
        List.of(
            "select id from item for update",
            "SELECT id FROM item /* x */ WHERE id = 1 FOR\nUPDATE",
            "(select id from item) for update",
            "with a as (select id from item for update) select * from a")) {
      assertRefused(() -> ask(locking));
    }
    assertNothingWasSent();

    outside("insert into item (id, label) values (1, 'for update')");
    assertThat(ask("select label from item where label = 'for update'")).isEqualTo("for update");
  }

  @Test
  void aChangeOfTheSessionIsRefusedWhereEachStatementHasAConnectionOfItsOwn() throws Exception {
    try (Statement statement = host.tx().createStatement()) { // 12, 2
      for (String change : List.of("set a = 'b'", "SET ROLE a", "select 1; set a = 'b'")) {
        assertRefused(() -> statement.execute(change));
      }
    }

    assertNothingWasSent();
  }

  @Test
  void aRowOfAPlainQueryIsNotChangedOutside() throws Exception { // B11
    outside("insert into item (id, label) values (1, 'was')");
    try (Statement statement =
            host.tx()
                .createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
        ResultSet result = statement.executeQuery("select id, label from item")) {
      assertThat(result.next()).isTrue();
      result.updateString(2, "changed");
      assertRefused(result::updateRow);
      result.cancelRowUpdates();
      assertRefused(result::deleteRow);
      result.moveToInsertRow();
      result.updateInt(1, 2);
      assertRefused(result::insertRow);
    }

    assertThat(rows()).containsExactly(1);
    assertThat(ask("select label from item")).isEqualTo("was");
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void aRowOfAQueryMadeOutsideIsNotChangedInsideEither() throws Exception { // A27
    outside("insert into item (id, label) values (1, 'was')");
    try (Statement statement =
            host.tx()
                .createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
        ResultSet result = statement.executeQuery("select id, label from item")) {
      assertThat(result.next()).isTrue();
      host.withTransaction(
          () -> {
            result.updateString(2, "changed");
            assertThatThrownBy(result::updateRow)
                .isInstanceOf(TransactionException.class)
                .hasMessageContaining("TXH-517");
          });
    }

    assertThat(ask("select label from item")).isEqualTo("was");
  }

  // ---- joined inside

  @Test
  void aConnectionGotOutsideJoins() throws Exception { // A27
    Connection kept = host.tx();
    rolledBack(() -> insert(kept, 5));
    assertThat(rows()).isEmpty();

    host.withTransaction(
        () -> {
          insert(kept, 6);
          assertThat(kept.getAutoCommit()).isFalse();
          assertThat(ask("select count(*) from item")).isEqualTo("1");
        });
    assertThat(rows()).containsExactly(6);
    assertThat(kept.getAutoCommit()).isTrue();
    assertRefused(() -> insert(kept, 7));
  }

  @Test
  void aConnectionOfTheJoiningDataSourceGotOutsideJoins() throws Exception { // A27
    DataSource joining = JdbcAdapter.dataSource(host);
    Connection kept = joining.getConnection();
    rolledBack(() -> insert(kept, 5));
    assertThat(rows()).isEmpty();
    host.withTransaction(() -> insert(kept, 6));
    assertThat(rows()).containsExactly(6);
    kept.close();
    assertThatThrownBy(() -> insert(kept, 7)).hasMessageContaining("TXH-513");
    host.withTransaction(
        () -> assertThatThrownBy(() -> insert(kept, 7)).hasMessageContaining("TXH-513"));
  }

  @Test
  void statementsAndTheirParametersMadeOutsideJoin() throws Exception { // A27
    try (PreparedStatement insert = host.tx().prepareStatement(INSERT);
        Statement plain = host.tx().createStatement()) {
      insert.setInt(1, 1);
      insert.setString(2, "set outside");
      rolledBack(
          () -> {
            insert.executeUpdate();
            plain.executeUpdate("insert into item (id) values (2)");
            assertThat(ask("select count(*) from item")).isEqualTo("2");
          });
      assertThat(rows()).isEmpty();

      host.withTransaction(
          () -> {
            insert.executeUpdate();
            insert.setInt(1, 3);
            insert.executeUpdate();
          });
      assertThat(rows()).containsExactly(1, 3);
      assertThat(ask("select label from item where id = 3")).isEqualTo("set outside");
      assertRefused(insert::executeUpdate);
      host.withoutTransaction(
          () -> {
            insert.setInt(1, 4);
            insert.executeUpdate();
          });
      assertThat(rows()).containsExactly(1, 3, 4);
    }
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void batchesMadeOutsideJoin() throws Exception { // A27
    try (PreparedStatement insert = host.tx().prepareStatement(INSERT);
        Statement plain = host.tx().createStatement()) {
      for (int id = 1; id <= 3; id++) {
        insert.setInt(1, id);
        insert.setString(2, "row " + id);
        insert.addBatch();
        plain.addBatch("insert into item (id) values (" + (10 + id) + ")");
      }
      host.withTransaction(
          () -> {
            assertThat(insert.executeBatch()).hasSize(3);
            assertThat(plain.executeBatch()).hasSize(3);
            assertThat(plain.executeBatch()).isEmpty();
          });
      rolledBack(
          () -> {
            insert.setInt(1, 4);
            insert.addBatch();
            assertThat(insert.executeBatch()).hasSize(1);
          });
    }

    assertThat(rows()).containsExactly(1, 2, 3, 11, 12, 13);
    assertThat(ask("select label from item where id = 2")).isEqualTo("row 2");
  }

  @Test
  void aQueryPreparedOutsideSeesWhatTheTransactionWrote() throws Exception { // A27
    try (PreparedStatement count = host.tx().prepareStatement("select count(*) from item")) {
      count.setMaxRows(7);
      count.setQueryTimeout(30);
      assertThat(only(count)).isZero();
      host.withTransaction(
          () -> {
            insert(1);
            assertThat(only(count)).isEqualTo(1);
            assertThat(count.getMaxRows()).isEqualTo(7);
            assertThat(count.getQueryTimeout()).isEqualTo(30);
            host.withTransaction(Propagation.REQUIRES_NEW, () -> assertThat(only(count)).isZero());
            assertThat(only(count)).isEqualTo(1);
          });
      assertThat(only(count)).isEqualTo(1);
    }
    assertThat(recorder.connectionsOut()).isZero();
  }

  private static int only(PreparedStatement query) throws SQLException {
    try (ResultSet result = query.executeQuery()) {
      assertThat(result.getStatement()).isSameAs(query);
      result.next();
      return result.getInt(1);
    }
  }

  @Test
  void aStatementPreparedOutsideLeavesThePoolsLastConnectionToTheTransaction() throws Exception {
    usePool(poolOptions().size(1)); // 13
    try (PreparedStatement count = host.tx().prepareStatement("select count(*) from item")) {
      assertThat(only(count)).isZero();
      host.withTransaction(() -> assertThat(only(count)).isZero());
      assertThat(only(count)).isZero();
    }
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void aPreparedWriteIsRefusedOutsideThoughTransactionsHaveTheWholePool() throws Exception { // 13
    usePool(poolOptions().size(1));
    host.withTransaction(
        () -> {
          insert(1);
          CompletableFuture.runAsync(
                  () -> assertThatCode(this::writeOutside).doesNotThrowAnyException())
              .get(30, TimeUnit.SECONDS);
          assertThat(recorder.connectionsTaken()).isEqualTo(1);
        });

    assertThat(rows()).containsExactly(1);
  }

  /** As a parallel stream's worker does, which is outside. */
  private void writeOutside() throws SQLException {
    try (PreparedStatement insert = host.tx().prepareStatement(INSERT)) {
      insert.setInt(1, 2);
      insert.setString(2, "x");
      assertRefused(insert::executeUpdate);
      insert.addBatch();
      assertRefused(insert::executeBatch);
      assertThat(insert.isClosed()).isFalse();
    }
  }

  @Test
  void whatWasRefusedOutsideIsMadeWhereItIsPermitted() throws Exception { // 13
    insertOnce();
    try (PreparedStatement insert = host.tx().prepareStatement(INSERT)) {
      assertThat(recorder.connectionsOut()).isZero();
      insert.setInt(1, 2);
      insert.setAsciiStream(2, new ByteArrayInputStream(new byte[] {'x'}), 1);
      assertRefused(insert::executeUpdate);
      host.withoutTransaction(() -> assertThat(insert.executeUpdate()).isEqualTo(1));
      insert.clearParameters();
      insert.setInt(1, 3);
      insert.setString(2, "x");
      host.withTransaction(() -> assertThat(insert.executeUpdate()).isEqualTo(1));
    }

    assertThat(rows()).containsExactly(1, 2, 3);
    assertThat(recorder.connectionsOut()).isZero();
  }

  /** What the database is, is known afterwards. */
  private void insertOnce() throws SQLException {
    host.withTransaction(() -> insert(1));
  }

  @Test
  void aStatementThatCannotJoinIsRefusedByName() throws Exception { // A27
    try (PreparedStatement insert = host.tx().prepareStatement(INSERT)) {
      insert.setInt(1, 1);
      insert.setAsciiStream(2, new ByteArrayInputStream(new byte[] {'x'}), 1);
      host.withTransaction(
          () ->
              assertThatThrownBy(insert::executeUpdate)
                  .isInstanceOf(TransactionException.class)
                  .hasMessageContaining("TXH-517"));
      host.withTransaction(
          () -> {
            insert.clearParameters();
            insert.setInt(1, 2);
            insert.setString(2, "x");
            insert.executeUpdate();
          });
    }

    assertThat(rows()).containsExactly(2);
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void aStatementMadeInsideByAConnectionGotOutsideEndsWithTheTransaction() throws Exception {
    Connection kept = host.tx();
    List<Statement> made = new ArrayList<>();
    host.withTransaction(() -> made.add(kept.createStatement()));

    assertThat(made.get(0).isClosed()).isTrue();
    assertThatThrownBy(() -> made.get(0).executeQuery("select 1"))
        .hasMessageContaining("has ended");
  }

  @Test
  void theOuterConnectionIsRefusedInsideARequiresNew() throws Exception { // A27
    host.withTransaction(
        () -> {
          Connection outer = host.tx();
          insert(1);
          host.withTransaction(
              Propagation.REQUIRES_NEW,
              () -> {
                assertThatThrownBy(() -> insert(outer, 2)).hasMessageContaining("TXH-127");
                insert(3);
              });
          host.withoutTransaction(
              () -> assertThatThrownBy(() -> insert(outer, 4)).hasMessageContaining("TXH-127"));
        });

    assertThat(rows()).containsExactly(1, 3);
  }

  // ---- refused calls mark

  @Test
  void aRefusedRollbackThatIsSwallowedKeepsNothing() throws Exception { // A29
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      Connection connection = host.tx();
                      try {
                        insert(connection, 1);
                        throw new IllegalStateException("check");
                      } catch (IllegalStateException e) {
                        assertThatThrownBy(connection::rollback)
                            .isInstanceOf(SQLException.class)
                            .hasCauseInstanceOf(TransactionException.class);
                        return false;
                      }
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("only the host may make")
        .cause()
        .hasMessageContaining("TXH-501 rollback refused");

    assertThat(rows()).isEmpty();
  }

  @Test
  void aTextThatWasRefusedIsNotBlamedOnTheServer() throws Exception { // A29
    Throwable end =
        catchThrowable(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      assertThatThrownBy(() -> update("commit")).isInstanceOf(SQLException.class);
                    }));

    assertThat(end)
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageNotContaining("server")
        .cause()
        .hasMessageContaining("TXH-503");
    assertThat(rows()).isEmpty();
  }

  @Test
  void whatChangesNothingPasses() throws Exception { // A15
    putBackWhatWasFound();
    host.withTransaction(this::putBackWhatWasFound);
    host.withTransaction(
        () -> {
          insert(1);
          putBackWhatWasFound();
        });

    assertThat(rows()).containsExactly(1);
  }

  private void putBackWhatWasFound() throws SQLException {
    Connection connection = host.tx();
    connection.setAutoCommit(connection.getAutoCommit());
    connection.setReadOnly(connection.isReadOnly());
    connection.setTransactionIsolation(connection.getTransactionIsolation());
    connection.setCatalog(connection.getCatalog());
    connection.setSchema(connection.getSchema());
    connection.setHoldability(connection.getHoldability());
    connection.setTypeMap(connection.getTypeMap());
  }

  // ---- blocks

  @Test
  void aBlockIsOneConnectionFromItsFirstStatementToItsEnd() throws Exception { // A26
    usePool(poolOptions().size(2));
    try (Connection block = JdbcAdapter.block(host.tx())) {
      assertThat(recorder.connectionsOut()).isZero();
      String id = ask(block, database.connectionIdQuery());
      assertThat(recorder.connectionsOut()).isEqualTo(1);
      assertThat(ask(block, database.connectionIdQuery())).isEqualTo(id);
      Statement left = block.createStatement();
      left.executeQuery("select 1");
      assertThat(block.unwrap(driverConnection())).isNotNull();
      assertRefused(() -> insert(block, 1));
      assertThat(recorder.connectionsOut()).isEqualTo(1);
    }

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(pool.connectionsOut()).isZero();
  }

  abstract Class<?> driverConnection();

  @Test
  void aTransactionInsideABlockTakesItsConnectionAndGivesItBack() throws Exception { // A26
    usePool(poolOptions().size(1));
    try (Connection block = JdbcAdapter.block(host.tx())) {
      String id = ask(block, database.connectionIdQuery());
      host.withTransaction(
          () -> {
            insert(1);
            insert(block, 2);
            assertThat(ask(database.connectionIdQuery())).isEqualTo(id);
          });
      assertThat(ask(block, database.connectionIdQuery())).isEqualTo(id);
      assertThat(block.getAutoCommit()).isTrue();
      rolledBack(() -> insert(block, 3));
      assertThat(ask(block, "select count(*) from item")).isEqualTo("2");
      assertThat(recorder.connectionsOut()).isEqualTo(1);
    }

    assertThat(rows()).containsExactly(1, 2);
    assertThat(recorder.connectionsOut()).isZero();
    host.withTransaction(() -> insert(4));
  }

  @Test
  void aBlockThatEndsInsideTheTransactionThatHasItsConnectionLeavesItAlone() throws Exception {
    usePool(poolOptions().size(1));
    Connection block = JdbcAdapter.block(host.tx());
    ask(block, "select 1");
    host.withTransaction(
        () -> {
          insert(1);
          block.close();
          insert(2);
          assertThat(recorder.connectionsOut()).isEqualTo(1);
        });

    assertThat(rows()).containsExactly(1, 2);
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void aBlockGoesOnWithAnotherConnectionWhereItsTransactionThrewItAway() throws Exception {
    usePool(poolOptions().size(2));
    try (Connection block = JdbcAdapter.block(host.tx())) {
      ask(block, "select 1");
      recorder.failNext(
          io.txhost.test.RecordingDataSource.Call.ROLLBACK, new SQLException("gone", "08006"));
      rolledBack(() -> insert(1));
      assertThat(ask(block, "select count(*) from item")).isEqualTo("0");
    }

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(rows()).isEmpty();
  }

  @Test
  void whatRunsBesideTheTransactionInABlockHasAConnectionOfItsOwn() throws Exception { // A26
    usePool(poolOptions().size(2));
    try (Connection block = JdbcAdapter.block(host.tx())) {
      ask(block, "select 1");
      host.withTransaction(
          () -> {
            insert(1);
            host.withoutTransaction(
                () -> assertThat(ask(block, "select count(*) from item")).isEqualTo("0"));
          });
    }

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aStatementOfABlockThatRunsBesideTheTransactionIsNoPartOfIt() throws Exception { // A26
    usePool(poolOptions().size(2));
    try (Connection block = JdbcAdapter.block(host.tx());
        PreparedStatement insert = block.prepareStatement(INSERT)) {
      insert.setInt(1, 2);
      insert.setString(2, "beside");
      rolledBack(
          () -> {
            insert(1);
            host.withoutTransaction(
                () -> {
                  insert.executeUpdate();
                  assertThat(rows()).containsExactly(2);
                });
          });
      insert.setInt(1, 3);
      assertRefused(insert::executeUpdate);
    }

    assertThat(rows()).containsExactly(2);
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void aBlockInATransactionIsTheTransactions() throws Exception { // A26
    host.withTransaction(
        () -> {
          Connection block = JdbcAdapter.block(host.tx());
          assertThat(block).isSameAs(host.tx());
          insert(block, 1);
          block.close();
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void aBlockMayBeEndedByAnotherThread() throws Exception { // A26
    usePool(poolOptions().size(1));
    Connection block = JdbcAdapter.block(host.tx());
    ask(block, "select 1");
    Thread other = new Thread(() -> assertThatCode(block::close).doesNotThrowAnyException());
    other.start();
    other.join();

    assertThat(recorder.connectionsOut()).isZero();
    host.withTransaction(() -> insert(1));
    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aTransactionOfAnotherHostDoesNotTakeABlocksConnection() throws Exception { // B4
    TransactionHost<Connection> other =
        TransactionHost.builder(JdbcAdapter.over(pool)).name("other").build();
    try (Connection block = JdbcAdapter.block(host.tx())) {
      String id = ask(block, database.connectionIdQuery());
      other.withTransaction(
          () -> assertThat(ask(other.tx(), database.connectionIdQuery())).isNotEqualTo(id));
    }

    assertThat(recorder.connectionsOut()).isZero();
  }
}
