package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_NESTED;

import org.junit.jupiter.api.Test;
import org.springframework.transaction.UnexpectedRollbackException;

/** What messages call a transaction that Spring has given no name. */
class UnnamedTransactionsTest extends Bridged {

  @Test
  void theMethodThatHasCalledIsNamed() {
    assertThatThrownBy(() -> spring().executeWithoutResult(status -> failAndSwallow()))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageStartingWith("'UnnamedTransactionsTest.theMethodThatHasCalledIsNamed' was")
        .hasCauseInstanceOf(io.txhost.UnexpectedRollbackException.class);
  }

  @Test
  void aSavepointSaysThatItIsOne() {
    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        outer ->
                            spring(PROPAGATION_NESTED)
                                .executeWithoutResult(status -> failAndSwallow())))
        .hasMessageStartingWith("'a savepoint of Spring's' was");
  }

  @Test
  void whoeverIsRefusedInsideIsToldOfTheMethod() {
    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        status ->
                            host.withTransaction(
                                io.txhost.TransactionOptions.defaults()
                                    .propagation(io.txhost.Propagation.NEVER),
                                () -> {})))
        .hasMessageContaining("whoeverIsRefusedInsideIsToldOfTheMethod");
  }

  private void failAndSwallow() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      throw new IllegalStateException("inner");
                    }))
        .hasMessage("inner");
  }
}
