package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.UnexpectedRollbackException;

/** What Spring's {@code TransactionExecutionListener}s hear, whoever begins. */
class ExecutionListenersTest extends Bridged {

  private class Listening implements TransactionExecutionListener {
    @Override
    public void beforeBegin(TransactionExecution transaction) {
      heard.add("beforeBegin");
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
      heard.add("afterBegin");
    }

    @Override
    public void beforeCommit(TransactionExecution transaction) {
      heard.add("beforeCommit");
    }

    @Override
    public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
      heard.add("afterCommit" + (failure == null ? "" : " failed"));
    }

    @Override
    public void beforeRollback(TransactionExecution transaction) {
      heard.add("beforeRollback");
    }

    @Override
    public void afterRollback(TransactionExecution transaction, @Nullable Throwable failure) {
      heard.add("afterRollback" + (failure == null ? "" : " failed"));
    }
  }

  @BeforeEach
  void hear() {
    manager.addListener(new Listening());
  }

  @Test
  void theyHearOfACommitEitherWay() {
    spring().executeWithoutResult(status -> springInserts("a"));
    assertThat(heard).containsExactly("beforeBegin", "afterBegin", "beforeCommit", "afterCommit");

    heard.clear();
    host.withTransaction(() -> hostInserts("b"));
    assertThat(heard).containsExactly("beforeBegin", "afterBegin", "beforeCommit", "afterCommit");
  }

  @Test
  void theyHearOfARollbackEitherWay() {
    assertThatThrownBy(() -> spring().executeWithoutResult(status -> fail())).hasMessage("asked");
    assertThat(heard)
        .containsExactly("beforeBegin", "afterBegin", "beforeRollback", "afterRollback");

    heard.clear();
    assertThatThrownBy(() -> host.withTransaction(this::fail)).hasMessage("asked");
    assertThat(heard)
        .containsExactly("beforeBegin", "afterBegin", "beforeRollback", "afterRollback");
  }

  @Test
  void theyHearOfARollbackInPlaceOfACommitThatAMarkForbids() {
    assertThatThrownBy(() -> spring().executeWithoutResult(status -> failInside()))
        .isInstanceOf(UnexpectedRollbackException.class);
    assertThat(heard)
        .containsExactly("beforeBegin", "afterBegin", "beforeRollback", "afterRollback");

    heard.clear();
    assertThatThrownBy(() -> host.withTransaction(this::failInside))
        .isInstanceOf(io.txhost.UnexpectedRollbackException.class);
    assertThat(heard)
        .containsExactly("beforeBegin", "afterBegin", "beforeRollback", "afterRollback");
  }

  private void failInside() {
    assertThatThrownBy(() -> host.withTransaction(this::fail)).hasMessage("asked");
  }

  private void fail() {
    throw new IllegalStateException("asked");
  }
}
