package io.txhost.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.UnexpectedRollbackException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeftBehind.class)
class NoOpAdapterTest {
  private final List<String> resource = new ArrayList<>();
  private final RecordingListener listener = new RecordingListener();
  private final TransactionHost<List<String>> host =
      TransactionHost.builder(NoOpAdapter.over(resource)).listener(listener).build();

  private static TransactionOptions named(String name) {
    return TransactionOptions.defaults().name(name);
  }

  @Test
  void theResourceIsTheSameInsideAndOutside() {
    assertThat(host.tx()).isSameAs(resource);
    host.withTransaction(() -> assertThat(host.tx()).isSameAs(resource));
    host.withTransaction(Propagation.REQUIRES_NEW, () -> assertThat(host.tx()).isSameAs(resource));
  }

  @Test
  void boundariesHooksAndOutcomesAreReal() {
    List<String> hooks = new ArrayList<>();
    host.withTransaction(
        named("orders.place"),
        () -> host.currentTransaction().orElseThrow().afterCommit(() -> hooks.add("committed")));

    assertThat(hooks).containsExactly("committed");
    assertThat(host.isTransactionActive()).isFalse();
    assertThat(listener.events())
        .containsExactly("began 'orders.place'", "committed 'orders.place'");
  }

  @Test
  void aFailureRollsBackAndNothingIsUndone() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    named("orders.place"),
                    () -> {
                      host.tx().add("row");
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");

    assertThat(resource).containsExactly("row");
    assertThat(listener.events())
        .containsExactly("began 'orders.place'", "rolled back 'orders.place'");
  }

  @Test
  void nestedBlocksAreKeptAndUndoneAsEver() {
    host.withTransaction(
        named("outer"),
        () -> {
          host.withTransaction(named("kept").propagation(Propagation.NESTED), () -> {});
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          named("undone").propagation(Propagation.NESTED),
                          () -> {
                            throw new IllegalStateException("user");
                          }))
              .hasMessage("user");
        });

    assertThat(listener.events())
        .containsExactly(
            "began 'outer'",
            "savepoint 'outer' by 'kept'",
            "savepoint released 'outer' by 'kept'",
            "savepoint 'outer' by 'undone'",
            "savepoint rolled back 'outer' by 'undone'",
            "committed 'outer'");
  }

  @Test
  void aSwallowedFailureIsReported() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      try {
                        host.withTransaction(
                            () -> {
                              throw new IllegalStateException("first");
                            });
                      } catch (IllegalStateException swallowed) {
                        resource.add("swallowed");
                      }
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasRootCauseMessage("first");
  }
}
