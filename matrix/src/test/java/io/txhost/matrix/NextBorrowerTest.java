package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A25: random options on one pooled connection, stopped anywhere; after each, the next transaction
 * on it is compared with one on a fresh connection, by what it can and cannot do.
 */
@ExtendWith(NothingLeftBehind.class)
@Timeout(300)
class NextBorrowerTest {
  private static final int PROGRAMS = 1_000;

  /** How far a program goes. */
  private enum Stop {
    AFTER_BEGIN,
    AFTER_PREPARE,
    AT_A_FAILING_FIRST_STATEMENT,
    AFTER_A_READ,
    AFTER_A_WRITE,
    AFTER_A_NESTED_WRITE
  }

  /** How it leaves its boundary. */
  private enum Way {
    RETURNS,
    THROWS,
    MARKS
  }

  private record Program(TransactionOptions options, boolean isReadOnly, Stop stop, Way way) {
    static Program random(Random random, Set<Isolation> known) {
      List<Isolation> isolations = new ArrayList<>(known);
      isolations.add(Isolation.DEFAULT);
      TransactionOptions options =
          TransactionOptions.defaults().isolation(pick(random, isolations));
      boolean isReadOnly = random.nextBoolean();
      if (isReadOnly) {
        options = options.readOnly(true);
      }
      if (random.nextInt(4) == 0) {
        options = options.timeout(Duration.ofSeconds(30));
      }
      return new Program(
          options,
          isReadOnly,
          pick(random, List.of(Stop.values())),
          pick(random, List.of(Way.values())));
    }

    boolean fails() {
      boolean writes = stop == Stop.AFTER_A_WRITE || stop == Stop.AFTER_A_NESTED_WRITE;
      return way == Way.THROWS
          || stop == Stop.AT_A_FAILING_FIRST_STATEMENT
          || (writes && isReadOnly);
    }

    private static <E> E pick(Random random, List<E> from) {
      return from.get(random.nextInt(from.size()));
    }
  }

  /**
   * What a transaction got.
   *
   * @param isolation as the database says
   * @param readOnly as the database says, if it does
   * @param repeats whether it reads again what it read, though another changed it meanwhile
   * @param writes whether it may write
   */
  private record Found(String isolation, String readOnly, boolean repeats, boolean writes) {}

  @ParameterizedTest // A25
  @EnumSource
  void nothingOfOneTransactionIsLeftToTheNext(DatabaseKind server) throws Exception {
    for (boolean autoCommit : new boolean[] {true, false}) {
      long seed = System.nanoTime();
      try (Database database = server.open();
          HikariDataSource pool = poolOf(database, autoCommit);
          Connection opponent = database.dataSource().getConnection()) {
        run(opponent, "create table item (id integer primary key, label varchar(40))");
        run(opponent, "insert into item (id, label) values (0, 'x')");
        Found fresh = fresh(database, opponent);

        Random random = new Random(seed);
        TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(pool));
        for (int i = 0; i < PROGRAMS; i++) {
          Program program = Program.random(random, database.isolations());
          run(program, host);

          try (Connection next = pool.getConnection()) {
            assertThat(next.getAutoCommit()).as("auto-commit").isEqualTo(autoCommit);
            assertThat(found(next, database, opponent))
                .as("seed %d, program %d, %s", seed, i, program)
                .isEqualTo(fresh);
          }
        }
        System.out.printf(
            "Next borrowers, %s, auto-commit %s: %d programs, seed %d%n",
            server, autoCommit ? "on" : "off", PROGRAMS, seed);
      }
    }
  }

  private static HikariDataSource poolOf(Database database, boolean autoCommit) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database.dataSource());
    config.setMaximumPoolSize(1);
    config.setAutoCommit(autoCommit);
    return new HikariDataSource(config);
  }

  private static void run(Program program, TransactionHost<Connection> host) {
    Throwable end =
        catchThrowable(
            () ->
                host.withTransaction(
                    program.options(),
                    () -> {
                      goTo(program.stop(), host);
                      if (program.way() == Way.THROWS) {
                        throw new IllegalStateException("user");
                      }
                      if (program.way() == Way.MARKS) {
                        host.currentTransaction().orElseThrow().setRollbackOnly();
                      }
                    }));
    assertThat(end != null).as("%s fails: %s", program, end).isEqualTo(program.fails());
  }

  private static void goTo(Stop stop, TransactionHost<Connection> host) throws SQLException {
    switch (stop) {
      case AFTER_BEGIN -> host.tx();
      case AFTER_PREPARE -> host.tx().prepareStatement("select 1").close();
      case AT_A_FAILING_FIRST_STATEMENT -> run(host.tx(), "insert into nowhere values (1)");
      case AFTER_A_READ -> ask(host.tx(), "select label from item where id = 0");
      case AFTER_A_WRITE -> write(host.tx());
      case AFTER_A_NESTED_WRITE -> host.withTransaction(Propagation.NESTED, () -> write(host.tx()));
    }
  }

  private static void write(Connection connection) throws SQLException {
    run(connection, "update item set label = 'y' where id = 0");
  }

  private static Found fresh(Database database, Connection opponent) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      return found(connection, database, opponent);
    }
  }

  private static Found found(Connection connection, Database database, Connection opponent)
      throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    String before = ask(connection, "select label from item where id = 0");
    run(
        opponent,
        "update item set label = '" + (before.equals("a") ? "b" : "a") + "' where id = 0");
    boolean repeats = before.equals(ask(connection, "select label from item where id = 0"));
    String isolation = ask(connection, database.isolationQuery());
    String readOnly =
        database.readOnlyQuery().isEmpty()
            ? ""
            : ask(connection, database.readOnlyQuery().orElseThrow());
    boolean writes =
        catchThrowable(() -> run(connection, "insert into item (id, label) values (1, 'x')"))
            == null;
    connection.rollback();
    connection.setAutoCommit(autoCommit);
    return new Found(isolation, readOnly, repeats, writes);
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      assertThat(result.next()).isTrue();
      return Objects.toString(result.getString(1));
    }
  }
}
