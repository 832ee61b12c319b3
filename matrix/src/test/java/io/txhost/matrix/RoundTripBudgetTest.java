package io.txhost.matrix;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.tck.LoopbackProxy;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.ServerDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What each transaction says to the server, turn by turn, on a warm pool: the budget of every
 * adapter, beside what Spring's transaction manager and the libraries' own transactions take.
 *
 * <p>Alone, since HikariCP asks a connection that was idle for half a second whether it is alive.
 */
@Isolated
@ExtendWith(NothingLeftBehind.class)
@Timeout(300)
class RoundTripBudgetTest {

  @ParameterizedTest
  @EnumSource
  void everyTransactionTakesTheTurnsItMay(Endpoint endpoint) throws Exception {
    Map<Program, Map<String, Integer>> table = new LinkedHashMap<>();
    SoftAssertions budget = new SoftAssertions();
    try (ServerDatabase database = endpoint.open();
        LoopbackProxy proxy = LoopbackProxy.before(database.port())) {
      try (Connection connection = database.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("create table item (id integer primary key, label varchar(40))");
        statement.execute("insert into item (id, label) values (1, 'x')");
      }
      for (Program program : Program.values()) {
        Map<String, Integer> row = table.computeIfAbsent(program, p -> new LinkedHashMap<>());
        for (Runner runner : Runner.values()) {
          if (runner.knows(program, endpoint)) {
            List<String> turns = turnsOf(endpoint, database, proxy, runner, program);
            row.put(runner.toString(), turns.size());
            if (runner.isOurs()) {
              budget
                  .assertThat(turns)
                  .as("%s with %s on %s", program, runner, endpoint)
                  .isEqualTo(endpoint.budget(program));
            }
          }
        }
      }
    }
    print(endpoint, table);
    budget.assertAll();
  }

  /** Of the third run: by then the pool, the adapter and the driver know what they ask for once. */
  private static List<String> turnsOf(
      Endpoint endpoint,
      ServerDatabase database,
      LoopbackProxy proxy,
      Runner runner,
      Program program)
      throws Exception {
    proxy.reset();
    try (HikariDataSource pool = pool(endpoint, database.dataSourceAt(proxy.port()))) {
      Runner.Bound bound = runner.over(pool, endpoint);
      bound.run(Program.ONE_STATEMENT);
      bound.run(program);
      bound.run(program);
      int before = proxy.turns();
      bound.run(program);
      List<String> turns = endpoint.wire().turns(proxy.said());
      return turns.subList(before, turns.size());
    }
  }

  private static HikariDataSource pool(Endpoint endpoint, DataSource counted) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(counted);
    config.setMaximumPoolSize(1);
    config.setAutoCommit(endpoint.autoCommit());
    return new HikariDataSource(config);
  }

  private static void print(Endpoint endpoint, Map<Program, Map<String, Integer>> table) {
    List<Runner> runners = List.of(Runner.values());
    StringBuilder page = new StringBuilder("Round trips, " + endpoint + ":\n");
    page.append("  %-40s".formatted("transaction"));
    runners.forEach(runner -> page.append("%16s".formatted(runner)));
    table.forEach(
        (program, row) -> {
          page.append("\n  %-40s".formatted(program));
          runners.forEach(
              runner ->
                  page.append("%16s".formatted(Objects.toString(row.get(runner.toString()), "-"))));
        });
    System.out.println(page);
  }
}
