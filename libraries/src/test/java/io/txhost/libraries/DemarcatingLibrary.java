package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.UnexpectedRollbackException;
import io.txhost.jdbc.JdbcAdapter;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * A library that begins and ends transactions by itself, on a host's enlisting data source: a write
 * in a transaction that is rolled back, in one that is committed, and outside. Issue 12, point 6.
 */
abstract class DemarcatingLibrary extends LibraryFixture {
  DataSource enlisting;

  /** Writes a row of the library's, in a transaction as the library makes it. */
  abstract void write(int id) throws Exception;

  @Override
  final void openLibrary() throws Exception {
    enlisting = JdbcAdapter.enlistingDataSource(host);
    openLibrary(enlisting);
  }

  abstract void openLibrary(DataSource enlisting) throws Exception;

  @Test
  void whatItCommittedInARolledBackTransactionIsNotThere() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      write(2);
                      throw new Oops();
                    }))
        .isInstanceOf(Oops.class);

    assertThat(rows()).isEmpty();
    assertThat(pool.connectionsOut()).isZero();
  }

  @Test
  void whatItCommittedInACommittedTransactionIsThereWithItAndNotBefore() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          write(2);
          assertThat(rows()).isEmpty();
        });

    assertThat(rows()).containsExactly(1, 2);
    assertThat(pool.connectionsOut()).isZero();
  }

  @Test
  void outsideItsTransactionsAreItsOwn() throws Exception {
    write(1);

    assertThat(rows()).containsExactly(1);
    host.withTransaction(() -> write(2));
    write(3);
    assertThat(rows()).containsExactly(1, 2, 3);
    assertThat(pool.connectionsOut()).isZero();
  }

  /** One whose transactions run code of the application's, which may fail. */
  abstract static class OfTheApplication extends DemarcatingLibrary {

    /** Writes a row as {@link #write}, and fails in the library's transaction. */
    abstract void writeAndFail(int id) throws Exception;

    @Test
    void whatItRolledBackInsideIsRolledBackWithTheTransactionEvenIfTheFailureIsSwallowed()
        throws Exception {
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(1);
                        assertThatThrownBy(() -> writeAndFail(2)).hasStackTraceContaining("Oops");
                      }))
          .isInstanceOf(UnexpectedRollbackException.class)
          .cause()
          .hasMessageStartingWith("TXH-541");

      assertThat(rows()).isEmpty();
      assertThat(pool.connectionsOut()).isZero();
    }

    @Test
    void whatItRolledBackOutsideIsNotThere() throws Exception {
      assertThatThrownBy(() -> writeAndFail(1)).hasStackTraceContaining("Oops");

      assertThat(rows()).isEmpty();
      assertThat(pool.connectionsOut()).isZero();
    }
  }
}
