package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.UnexpectedRollbackException;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.vavr.control.Either;
import io.vavr.control.Try;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;

/** B14: results that mean failure, of {@code @Transactional} methods, on a real database. */
@ExtendWith(NothingLeftBehind.class)
class FailedResultsTest {
  private record Result(boolean ok) {}

  @EnableTransactionHosts
  @Configuration
  static class Configured {}

  static class Items {
    final TransactionHost<Connection> host;

    Items(TransactionHost<Connection> host) {
      this.host = host;
    }

    void insert(int id) throws SQLException {
      try (PreparedStatement insert = host.tx().prepareStatement("insert into item values (?)")) {
        insert.setInt(1, id);
        insert.executeUpdate();
      }
    }

    @Transactional
    public Either<String, Integer> either(int id, boolean ok) throws SQLException {
      insert(id);
      return ok ? Either.right(id) : Either.left("no");
    }

    @Transactional
    public Try<Integer> tried(int id, boolean ok) throws SQLException {
      insert(id);
      return ok ? Try.success(id) : Try.failure(new IOException("no"));
    }

    @Transactional
    public Result own(int id, boolean ok) throws SQLException {
      insert(id);
      return new Result(ok);
    }

    @Transactional(propagation = Propagation.NESTED)
    public Result nested(int id, boolean ok) throws SQLException {
      insert(id);
      return new Result(ok);
    }
  }

  static class Orders {
    private final Items items;

    Orders(Items items) {
      this.items = items;
    }

    @Transactional
    public Either<String, Integer> handsOn(int id) throws SQLException {
      return items.either(id, false);
    }

    @Transactional
    public String goesOn(int id) throws SQLException {
      return items.either(id, false).isLeft() ? "swallowed" : "fine";
    }

    @Transactional
    public String triesNested(int id) throws SQLException {
      items.insert(id);
      return String.valueOf(items.nested(id + 1, false).ok());
    }
  }

  private final Database database = Database.h2();
  private AnnotationConfigApplicationContext context;
  private Items items;
  private Orders orders;

  @BeforeEach
  @SuppressWarnings("rawtypes") // a type with parameters has one class
  void start() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table item (id integer primary key)");
    }
    TransactionHost<Connection> host =
        TransactionHost.builder(JdbcAdapter.over(database.dataSource()))
            .rollbackIf(Either.class, Either::isLeft)
            .rollbackIf(Try.class, Try::isFailure)
            .rollbackIf(Result.class, result -> !result.ok())
            .build();
    context = new AnnotationConfigApplicationContext();
    context.register(Configured.class);
    context.registerBean(TransactionHost.class, () -> host);
    context.registerBean(Items.class, () -> new Items(host));
    context.registerBean(Orders.class, () -> new Orders(context.getBean(Items.class)));
    context.refresh();
    items = context.getBean(Items.class);
    orders = context.getBean(Orders.class);
  }

  @AfterEach
  void stop() throws Exception {
    context.close();
    database.close();
  }

  private int rows() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from item")) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void aMethodThatReturnsOneIsRolledBackAndReturnsIt() throws SQLException {
    assertThat(items.either(1, false).isLeft()).isTrue();
    assertThat(items.tried(2, false).isFailure()).isTrue();
    assertThat(items.own(3, false).ok()).isFalse();
    assertThat(orders.handsOn(4).isLeft()).isTrue();

    assertThat(rows()).isZero();
  }

  @Test
  void aMethodThatReturnsAnotherCommits() throws SQLException {
    assertThat(items.either(1, true).isRight()).isTrue();
    assertThat(items.tried(2, true).isSuccess()).isTrue();
    assertThat(items.own(3, true).ok()).isTrue();

    assertThat(rows()).isEqualTo(3);
  }

  @Test
  void whoeverGoesOnAfterOneIsTold() throws SQLException {
    assertThatThrownBy(() -> orders.goesOn(1))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("Items.either")
        .hasMessageContaining("returned a result that means failure");

    assertThat(rows()).isZero();
  }

  @Test
  void inNestedOnlyThatIsUndone() throws SQLException {
    assertThat(orders.triesNested(1)).isEqualTo("false");

    assertThat(rows()).isEqualTo(1);
  }
}
