package io.txhost.tck;

import static io.txhost.tck.Rows.insertOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Propagation;
import io.txhost.TransactionRequiredException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is done where no transaction is active, and what was got there. */
interface OutsideContract<T> extends ContractTest<T> {

  @Test // A2
  default void outsideATransactionAReadIsOnAConnectionOfItsOwn() throws Exception {
    run(insertOf(1));
    T outside = host().tx();

    assertThat(queryForString(outside, "select count(*) from item")).isEqualTo("1");
    assertThat(recorder().connectionsOut()).isZero();
    assertThat(queryForString(outside, "select label from item")).isEqualTo("x");

    assertThat(recorder().numberedTranscript())
        .containsExactly("1 SQL", "1 CLOSE", "2 SQL", "2 CLOSE");
  }

  @Test // A2, B11
  default void outsideATransactionAWriteIsRefusedBeforeAnythingIsSent() throws Exception {
    for (String sql : List.of(insertOf(1), "delete from item", "update item set label = 'y'")) {
      assertThatThrownBy(() -> execute(host().tx(), sql))
          .isExactlyInstanceOf(TransactionRequiredException.class)
          .hasMessageContaining("withTransaction")
          .hasMessageContaining("withoutTransaction")
          .hasMessageContaining("ALLOW");
    }

    assertThat(recorder().transcript()).doesNotContain("BEGIN", "SQL", "SQL failed");
    assertThat(recorder().connectionsOut()).isZero();
    assertThat(rows()).isEmpty();
  }

  @Test // A2
  default void outsideATransactionAReadThatLocksIsRefusedBeforeAnythingIsSent() throws Exception {
    assertThatThrownBy(() -> ask("select label from item where id = 1 for update"))
        .isExactlyInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("locks");

    assertThat(recorder().transcript()).doesNotContain("BEGIN", "SQL", "SQL failed");
    assertThat(recorder().connectionsOut()).isZero();
    run(insertOf(1));
    assertThat(
            host()
                .<String, Exception>withTransaction(
                    () -> ask("select label from item where id = 1 for update")))
        .isEqualTo("x");
  }

  @Test // D13
  default void aBareThreadWritesNothing() throws Exception {
    assertThat(
            catchThrowable(
                () ->
                    host()
                        .withTransaction(
                            () -> {
                              insert(1);
                              CompletableFuture.runAsync(() -> insertUnchecked(2)).join();
                            })))
        .hasRootCauseInstanceOf(TransactionRequiredException.class);

    assertThat(rows()).isEmpty();
  }

  private void insertUnchecked(int id) {
    try {
      insert(id);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test // A2
  default void whereItIsPermittedEachStatementOutsideIsOnItsOwnAutoCommittedConnection()
      throws Exception {
    host()
        .withoutTransaction(
            () -> {
              T outside = host().tx();
              execute(outside, insertOf(1));
              assertThat(rows()).containsExactly(1);
              assertThat(recorder().connectionsOut()).isZero();

              execute(outside, insertOf(2));
              assertThat(ask("select count(*) from item")).isEqualTo("2");
            });

    assertThat(recorder().numberedTranscript())
        .containsExactly("1 SQL", "1 CLOSE", "2 SQL", "2 CLOSE", "3 SQL", "3 CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A2
  default void aStatementThatFailsOutsideATransactionLeavesNoConnectionOut() throws Exception {
    host()
        .withoutTransaction(
            () -> {
              insert(1);
              assertThat(catchThrowable(() -> insert(1))).isNotNull();

              assertThat(recorder().connectionsOut()).isZero();
              insert(2);
            });
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A27
  default void whatWasGotOutsideJoinsInsideAndIsOutsideAgainAfterwards() throws Exception {
    T kept = host().tx();
    IllegalStateException fromUser = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          execute(kept, insertOf(1));
                          insert(2);
                          assertThat(queryForString(kept, "select count(*) from item"))
                              .isEqualTo("2");
                          throw fromUser;
                        }))
        .isSameAs(fromUser);

    assertThat(recorder().transcript())
        .containsExactly("BEGIN", "SQL", "SQL", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
    assertThatThrownBy(() -> execute(kept, insertOf(3)))
        .isInstanceOf(TransactionRequiredException.class);
    host().withTransaction(() -> execute(kept, insertOf(4)));
    assertThat(rows()).containsExactly(4);
  }

  @Test // A27
  default void whatWasGotInTheOuterTransactionIsRefusedInAnInnerOneOfItsOwn() throws Exception {
    host()
        .withTransaction(
            () -> {
              T outer = host().tx();
              execute(outer, insertOf(1));
              host()
                  .withTransaction(
                      Propagation.REQUIRES_NEW,
                      () -> {
                        assertThat(catchThrowable(() -> execute(outer, insertOf(2)))).isNotNull();
                        insert(3);
                      });
              execute(outer, insertOf(4));
            });

    assertThat(rows()).containsExactly(1, 3, 4);
  }

  @Test // A21
  default void metadataCanBeAskedForOutsideAndNothingStaysOut() throws Exception {
    assertThat(underTest().productName(host().tx())).isNotBlank();

    assertThat(recorder().connectionsOut()).isZero();
  }
}
