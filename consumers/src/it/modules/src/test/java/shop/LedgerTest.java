package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.jooq.JooqAdapter;
import io.txhost.spring.EnableTransactionHosts;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** txhost is modules with names, and works as such. */
@ExtendWith(NothingLeftBehind.class)
final class LedgerTest {
  private final JdbcDataSource dataSource = new JdbcDataSource();
  private final AnnotationConfigApplicationContext shop = new AnnotationConfigApplicationContext();

  @BeforeEach
  void noEntries() throws SQLException {
    dataSource.setUrl("jdbc:h2:mem:ledger;DB_CLOSE_DELAY=-1");
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists ledger");
      statement.execute("create table ledger(amount int)");
    }
    shop.registerBean(DataSource.class, () -> dataSource);
    shop.register(Shop.class);
    shop.refresh();
  }

  @AfterEach
  void stops() {
    shop.close();
  }

  @Test
  void whatEachLibraryWroteIsCommittedOrRolledBackTogether() throws SQLException {
    Ledger ledger = shop.getBean(Ledger.class);
    ledger.debit(1);
    assertThatThrownBy(() -> ledger.debit(1_000)).hasMessage("too much");

    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select sum(amount) from ledger")) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(3);
    }
  }

  @Test
  void theModulesHaveTheirNamesAndVersions() {
    List<Module> modules =
        List.of(
            TransactionHost.class.getModule(),
            JdbcAdapter.class.getModule(),
            JdbiAdapter.class.getModule(),
            JooqAdapter.class.getModule(),
            EnableTransactionHosts.class.getModule());

    assertThat(Ledger.class.getModule().getName()).isEqualTo("shop");
    assertThat(modules)
        .extracting(Module::getName)
        .containsExactly(
            "io.txhost", "io.txhost.jdbc", "io.txhost.jdbi", "io.txhost.jooq", "io.txhost.spring");
    assertThat(modules)
        .extracting(one -> one.getDescriptor().rawVersion().orElse("none"))
        .containsOnly(System.getProperty("txhost.version"));
  }

  @Test
  void aNewJavaFindsItsOwnClassesInTheModule() {
    Module core = TransactionHost.class.getModule();

    assertThat(Class.forName(core, "io.txhost.internal.ScopedValueCarrier")).isNotNull();
  }
}
