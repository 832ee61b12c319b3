package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.test.TxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.jooq.test.autoconfigure.JooqTest;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Spring Boot's slice for jOOQ, undone by us and not by Spring's transaction. */
@JooqTest
@TxTest
@Transactional(propagation = Propagation.NOT_SUPPORTED)
final class UndoneJooqSliceTest {
  @Autowired private TransactionHost<DSLContext> host;
  @Autowired private DSLContext dsl;

  @BeforeAll
  static void createTheTable(@Autowired DataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table invoices (id int)");
    }
  }

  @RepeatedTest(2)
  void aBoundaryBeginsByItselfAndIsUndone() {
    assertThat(host.isTransactionActive()).isFalse();
    host.withTransaction(() -> host.tx().execute("insert into invoices values (1)"));
    host.withTransaction(() -> dsl.execute("insert into invoices values (2)"));

    assertThat(dsl.fetchCount(DSL.table("invoices"))).isEqualTo(2);
  }

  @SpringBootConfiguration(proxyBeanMethods = false)
  static class Slice {}
}
