package io.txhost.tck;

import static io.txhost.tck.Rows.insertOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/**
 * What an adapter promises besides if its library has transaction calls of its own, such as {@code
 * handle.inTransaction}: inside a host's transaction they nest, outside they begin one.
 *
 * @param <T> the adapter's resource
 */
public abstract class LibraryTransactionContract<T> extends AdapterContract<T> {
  private final LibraryUnderTest<T> library;

  /** For subclasses, each of which is for one database. */
  protected LibraryTransactionContract(LibraryUnderTest<T> library) {
    super(library);
    this.library = library;
  }

  @Test // A17
  void theLibrarysOwnTransactionInsideIsASavepoint() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              String result =
                  library.inLibraryTransaction(
                      host().tx(),
                      inner -> {
                        execute(inner, insertOf(2));
                        insert(3);
                        return "result";
                      });
              assertThat(result).isEqualTo("result");
            });

    assertThat(recorder().transcript())
        .containsExactly("BEGIN", "SQL", "SAVEPOINT", "SQL", "SQL", "RELEASE", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test // A17
  void aFailureOfTheLibrarysOwnTransactionInsideUndoesOnlyThat() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              failing(2);
              insert(3);
            });

    assertThat(recorder().transcript())
        .containsExactly(
            "BEGIN", "SQL", "SAVEPOINT", "SQL", "ROLLBACK TO", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 3);
  }

  private void failing(int id) {
    IllegalStateException fromUser = new IllegalStateException("user");
    assertThatThrownBy(
            () ->
                library.inLibraryTransaction(
                    host().tx(),
                    inner -> {
                      execute(inner, insertOf(id));
                      throw fromUser;
                    }))
        .isSameAs(fromUser);
  }

  @Test // A22
  void theLibrarysOwnTransactionOutsideBeginsOneOfTheHost() throws Exception {
    library.inLibraryTransaction(
        host().tx(),
        inner -> {
          assertThat(host().isTransactionActive()).isTrue();
          execute(inner, insertOf(1));
          insert(2);
          return null;
        });

    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A22
  void aFailureOfTheLibrarysOwnTransactionOutsideRollsBack() throws Exception {
    failing(1);

    assertThat(host().isTransactionActive()).isFalse();
    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }
}
