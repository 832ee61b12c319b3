package io.txhost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Propagation;
import org.junit.jupiter.api.Test;

/** What runs beside a transaction that is set aside: another one, or none. */
interface SetAsideContract<T> extends ContractTest<T> {

  @Test // A6
  default void requiresNewIsAnotherConnectionAndCommitsAlone() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              host().withTransaction(Propagation.REQUIRES_NEW, () -> insert(2));
              assertThat(rows()).containsExactly(2);
              insert(3);
            });

    assertThat(recorder().numberedTranscript())
        .containsExactly(
            "1 BEGIN",
            "1 SQL",
            "2 BEGIN",
            "2 SQL",
            "2 COMMIT",
            "2 CLOSE",
            "1 SQL",
            "1 COMMIT",
            "1 CLOSE");
    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test // A6
  default void requiresNewRollsBackAloneAndTheOuterOneIsUsableAfterwards() throws Exception {
    IllegalStateException fromUser = new IllegalStateException("user");

    host()
        .withTransaction(
            () -> {
              insert(1);
              assertThatThrownBy(
                      () ->
                          host()
                              .withTransaction(
                                  Propagation.REQUIRES_NEW,
                                  () -> {
                                    insert(2);
                                    throw fromUser;
                                  }))
                  .isSameAs(fromUser);
              insert(3);
            });

    assertThat(recorder().numberedTranscript())
        .containsExactly(
            "1 BEGIN",
            "1 SQL",
            "2 BEGIN",
            "2 SQL",
            "2 ROLLBACK",
            "2 CLOSE",
            "1 SQL",
            "1 COMMIT",
            "1 CLOSE");
    assertThat(rows()).containsExactly(1, 3);
  }

  @Test // A6
  default void requiresNewSurvivesTheRollbackOfTheOuterOne() throws Exception {
    IllegalStateException fromUser = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          host().withTransaction(Propagation.REQUIRES_NEW, () -> insert(2));
                          throw fromUser;
                        }))
        .isSameAs(fromUser);

    assertThat(rows()).containsExactly(2);
  }

  @Test // A7
  default void whatNotSupportedWritesStaysThoughTheOuterOneRollsBack() throws Exception {
    survivesTheOuterRollback(
        () -> host().withTransaction(Propagation.NOT_SUPPORTED, this::insertWithoutTransaction));
  }

  @Test // A7
  default void whatIsWrittenWithoutTransactionStaysThoughTheOuterOneRollsBack() throws Exception {
    survivesTheOuterRollback(() -> host().withoutTransaction(this::insertWithoutTransaction));
  }

  private void insertWithoutTransaction() throws Exception {
    assertThat(host().isTransactionActive()).isFalse();
    insert(2);
    assertThat(rows()).containsExactly(2);
  }

  private void survivesTheOuterRollback(Failures.Block without) throws Exception {
    IllegalStateException fromUser = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          without.run();
                          assertThat(host().isTransactionActive()).isTrue();
                          insert(3);
                          throw fromUser;
                        }))
        .isSameAs(fromUser);

    assertThat(recorder().numberedTranscript())
        .containsExactly("1 BEGIN", "1 SQL", "2 SQL", "2 CLOSE", "1 SQL", "1 ROLLBACK", "1 CLOSE");
    assertThat(rows()).containsExactly(2);
  }
}
