package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import java.sql.Connection;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.annotation.Commit;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.jdbc.Sql;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;
import org.springframework.test.context.transaction.AfterTransaction;
import org.springframework.test.context.transaction.BeforeTransaction;
import org.springframework.test.context.transaction.TestTransaction;
import org.springframework.transaction.annotation.Transactional;

/** Spring's transactional tests roll back what the host's code has written. */
@SpringJUnitConfig(BridgedApplicationTest.Application.class)
@Transactional
@DirtiesContext
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BridgedTestsRollBackTest {
  @Autowired TransactionHost<Connection> host;
  @Autowired BridgedApplicationTest.ByHost byHost;
  @Autowired BridgedApplicationTest.Listeners listeners;
  @Autowired JdbcTemplate jdbc;

  private int before;
  private int expected;

  private int count() {
    return jdbc.queryForObject("select count(*) from item", Integer.class);
  }

  @BeforeTransaction
  void remember() {
    before = count();
    expected = before;
  }

  @AfterTransaction
  void whatTheTestWroteIsGoneUnlessItCommits() {
    assertThat(host.isTransactionActive()).isFalse();
    assertThat(count()).isEqualTo(expected);
  }

  @Test
  @Order(1)
  void whatTheHostWritesIsRolledBack() throws Throwable {
    listeners.heard().clear();
    byHost.insert("a", null);
    assertThat(host.isTransactionActive()).isTrue();
    assertThat(count()).isEqualTo(before + 2);
    assertThat(listeners.heard()).containsExactly("at once a");
  }

  @Test
  @Order(2)
  @Commit
  void withCommitItStays() throws Throwable {
    byHost.insert("b", null);
    expected = before + 2;
  }

  @Test
  @Order(3)
  void aTestTransactionIsEndedAndBegunByHand() throws Throwable {
    byHost.insert("c", null);
    TestTransaction.flagForCommit();
    TestTransaction.end();
    assertThat(host.isTransactionActive()).isFalse();
    assertThat(listeners.heard()).contains("committed c");
    TestTransaction.start();
    byHost.insert("d", null);
    expected = before + 2;
  }

  @Test
  @Order(4)
  @Sql(statements = "insert into item values ('of the script')")
  void whatAScriptInsertsIsInTheTransactionAndRolledBackWithIt() throws Throwable {
    try (var statement = host.tx().createStatement();
        var rows = statement.executeQuery("select 1 from item where name = 'of the script'")) {
      assertThat(rows.next()).isTrue();
    }
  }
}
