package io.txhost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Propagation;
import org.junit.jupiter.api.Test;

/** Hooks begin transactions of their own. */
interface HooksContract<T> extends ContractTest<T> {

  @Test // A20
  default void afterCommitAndAfterRollbackBeginTransactionsOfTheirOwnOnAPoolOfOne()
      throws Exception {
    useAPool(poolOptions().size(1));
    host()
        .withTransaction(
            () -> {
              insert(1);
              current().afterCommit(() -> insertInATransactionOfItsOwn(2));
              current().afterCompletion(outcome -> uncheck(() -> insertInATransactionOfItsOwn(3)));
            });
    assertThat(rows()).containsExactly(1, 2, 3);

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(4);
                          current().afterRollback(() -> insertInATransactionOfItsOwn(5));
                          throw new IllegalStateException("user");
                        }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(rows()).containsExactly(1, 2, 3, 5);
  }

  @Test // A20
  default void hooksOfARequiresNewInsideAnotherBeginTheirOwnOnAPoolOfTwo() throws Exception {
    useAPool(poolOptions().size(2));
    host()
        .withTransaction(
            () -> {
              insert(1);
              host()
                  .withTransaction(
                      Propagation.REQUIRES_NEW,
                      () -> {
                        insert(2);
                        current().afterCommit(() -> insertInATransactionOfItsOwn(3));
                      });
              assertThat(rows()).containsExactly(2, 3);
              assertThatThrownBy(
                      () ->
                          host()
                              .withTransaction(
                                  Propagation.REQUIRES_NEW,
                                  () -> {
                                    insert(4);
                                    current().afterRollback(() -> insertInATransactionOfItsOwn(5));
                                    throw new IllegalStateException("user");
                                  }))
                  .isInstanceOf(IllegalStateException.class);
            });

    assertThat(rows()).containsExactly(1, 2, 3, 5);
  }

  private void insertInATransactionOfItsOwn(int id) throws Exception {
    if (host().isTransactionActive()) {
      throw new IllegalStateException("a hook ran inside a transaction");
    }
    host().withTransaction(() -> insert(id));
  }

  private static void uncheck(Failures.Block block) {
    try {
      block.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
