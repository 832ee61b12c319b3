package io.txhost.matrix;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.test.LoopbackProxy;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.ServerDatabase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What each transaction says to the server, turn by turn, on a warm pool: the budget of every
 * adapter, beside what Spring's transaction manager and the libraries' own transactions take.
 */
@ExtendWith(NothingLeftBehind.class)
@Timeout(300)
class RoundTripBudgetTest {

  @ParameterizedTest
  @EnumSource
  void everyTransactionTakesTheTurnsItMay(Server server) throws Exception {
    Map<Program, Map<String, Integer>> table = new LinkedHashMap<>();
    SoftAssertions budget = new SoftAssertions();
    try (ServerDatabase database = server.open();
        LoopbackProxy proxy = LoopbackProxy.before(database.port())) {
      for (Program program : Program.values()) {
        Map<String, Integer> row = table.computeIfAbsent(program, p -> new LinkedHashMap<>());
        for (Runner runner : Runner.values()) {
          if (runner.knows(program, server)) {
            List<String> turns = turnsOf(server, database, proxy, runner, program);
            row.put(runner.toString(), turns.size());
            if (runner.isOurs()) {
              budget
                  .assertThat(turns)
                  .as("%s with %s on %s", program, runner, server)
                  .isEqualTo(server.budget(program));
            }
          }
        }
      }
    }
    print(server, table);
    budget.assertAll();
  }

  /** Of the third run: by then the pool, the adapter and the driver know what they ask for once. */
  private static List<String> turnsOf(
      Server server, ServerDatabase database, LoopbackProxy proxy, Runner runner, Program program)
      throws Exception {
    proxy.reset();
    try (HikariDataSource pool = pool(server, database.dataSourceAt(proxy.port()))) {
      Runner.Bound bound = runner.over(pool, server);
      bound.run(Program.ONE_STATEMENT);
      bound.run(program);
      bound.run(program);
      int before = proxy.turns();
      bound.run(program);
      List<String> turns = server.wire().turns(proxy.said());
      return turns.subList(before, turns.size());
    }
  }

  private static HikariDataSource pool(Server server, DataSource counted) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(counted);
    config.setMaximumPoolSize(1);
    config.setAutoCommit(server.autoCommit());
    return new HikariDataSource(config);
  }

  private static void print(Server server, Map<Program, Map<String, Integer>> table) {
    List<Runner> runners = List.of(Runner.values());
    StringBuilder page = new StringBuilder("Round trips, " + server + ":\n");
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
