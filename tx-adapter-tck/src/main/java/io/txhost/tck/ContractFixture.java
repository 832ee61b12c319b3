package io.txhost.tck;

import static io.txhost.tck.Rows.askOn;
import static io.txhost.tck.Rows.insertOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.Isolation;
import io.txhost.TransactionHost;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.RecordingDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Opens and closes what the contract's tests stand on, and looks what they left in it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
abstract class ContractFixture<T> implements ContractTest<T> {
  private final AdapterUnderTest<T> underTest;
  private Database database;
  private @Nullable Connection observer;
  private @Nullable Pool pool;

  @SuppressWarnings("NullAway.Init") // before each test
  private RecordingDataSource recorder;

  @SuppressWarnings("NullAway.Init")
  private TransactionHost<T> host;

  @SuppressWarnings("NullAway.Init") // before all tests
  ContractFixture(AdapterUnderTest<T> underTest) {
    this.underTest = Objects.requireNonNull(underTest, "underTest");
  }

  /** Makes the database that the class's tests run on. Closed after the last. */
  protected abstract Database openDatabase() throws Exception;

  /**
   * The pool of each test, where a test asks for no other size. Override to turn auto-commit off,
   * or to have none.
   */
  @Override
  public PoolOptions poolOptions() {
    return PoolOptions.defaults();
  }

  @BeforeAll
  void openTheDatabase() throws Exception {
    database = openDatabase();
    observer = database.dataSource().getConnection();
    run("create table item (id integer primary key, label varchar(40))");
  }

  @AfterAll
  void closeTheDatabase() throws Exception {
    try {
      if (observer != null) { // openTheDatabase may have failed
        observer.close();
      }
    } finally {
      if (database != null) {
        database.close();
      }
    }
  }

  @BeforeEach
  void startAfresh() throws Exception {
    run("delete from item");
    useAPool(poolOptions());
  }

  @AfterEach
  void nothingIsOut() {
    Pool ended = pool;
    pool = null;
    if (ended != null) {
      try (ended) {
        assertThat(ended.connectionsOut()).as("connections out of the pool").isZero();
      }
    }
  }

  @Override
  public final void useAPool(PoolOptions options) {
    nothingIsOut();
    Pool opened = Pool.on(database, options);
    pool = opened;
    use(opened);
  }

  @Override
  public final void use(DataSource dataSource) {
    recorder = RecordingDataSource.over(dataSource);
    host = TransactionHost.create(underTest.adapterOver(recorder));
  }

  @Override
  public final AdapterUnderTest<T> underTest() {
    return underTest;
  }

  @Override
  public final Database database() {
    return database;
  }

  @Override
  public final TransactionHost<T> host() {
    return host;
  }

  @Override
  public final RecordingDataSource recorder() {
    return recorder;
  }

  @Override
  public final Pool pool() {
    return Objects.requireNonNull(pool);
  }

  // ---- what the database says, asked on a connection of the fixture's own

  @Override
  public final void run(String sql) throws SQLException {
    try (Statement statement = observer().createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection observer() {
    return Objects.requireNonNull(observer);
  }

  @Override
  public final List<Integer> rows() throws SQLException {
    try (Statement statement = observer().createStatement();
        ResultSet result = statement.executeQuery("select id from item order by id")) {
      List<Integer> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getInt(1));
      }
      return rows;
    }
  }

  @Override
  public final void theNextBorrowerHasNoneOfIt(Connection next) throws SQLException {
    try (next) {
      assertThat(next.getAutoCommit()).as("auto-commit").isEqualTo(poolOptions().autoCommit());
      assertThat(next.isReadOnly()).as("read-only").isFalse();
      next.setAutoCommit(false);
      assertThat(askOn(next, database.isolationQuery()))
          .as("the next borrower's isolation")
          .isEqualTo(database.reported(Isolation.DEFAULT));
      if (database.readOnlyQuery().isPresent()) {
        assertThat(askOn(next, database.readOnlyQuery().get())).isEqualTo("off");
      }
      next.createStatement().execute(insertOf(-1));
      next.commit();
      next.setAutoCommit(poolOptions().autoCommit());
    }
    assertThat(rows()).as("what the next borrower committed").contains(-1);
    run("delete from item where id = -1");
  }
}
