package io.txhost;

import static io.txhost.Isolation.READ_COMMITTED;
import static io.txhost.Isolation.READ_UNCOMMITTED;
import static io.txhost.Isolation.REPEATABLE_READ;
import static io.txhost.Isolation.SERIALIZABLE;
import static io.txhost.Isolation.SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What joining promises, and what it refuses because it could not be kept. */
class JoiningTest extends CoreTest {
  /** Which levels a transaction of each level can give to one that joins. B6 */
  private static final Map<Isolation, Set<Isolation>> GIVES =
      Map.of(
          READ_UNCOMMITTED, EnumSet.of(READ_UNCOMMITTED),
          READ_COMMITTED, EnumSet.of(READ_UNCOMMITTED, READ_COMMITTED),
          REPEATABLE_READ, EnumSet.of(READ_UNCOMMITTED, READ_COMMITTED, REPEATABLE_READ),
          SNAPSHOT, EnumSet.of(READ_UNCOMMITTED, READ_COMMITTED, SNAPSHOT),
          SERIALIZABLE,
              EnumSet.of(READ_UNCOMMITTED, READ_COMMITTED, REPEATABLE_READ, SERIALIZABLE));

  private final AtomicInteger calls = new AtomicInteger();

  private static TransactionOptions at(Isolation level) {
    return named(level.name()).isolation(level);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DEFAULT")
  void aJoinerGetsAWeakerOrEqualIsolationAndNoOther(Isolation active) { // B6
    assertThat(GIVES).containsKey(active);
    host.withTransaction(
        at(active),
        () -> {
          for (Isolation asked : GIVES.keySet()) {
            for (Propagation joins : Set.of(Propagation.REQUIRED, Propagation.NESTED)) {
              checkJoin(active, asked, joins);
            }
          }
        });
  }

  private void checkJoin(Isolation active, Isolation asked, Propagation joins) {
    calls.set(0);
    TransactionOptions joiner = at(asked).propagation(joins);
    if (GIVES.get(active).contains(asked)) {
      host.withTransaction(joiner, calls::incrementAndGet);
      assertThat(calls).hasValue(1);
    } else {
      assertThatThrownBy(() -> host.withTransaction(joiner, calls::incrementAndGet))
          .isInstanceOf(IncompatibleTransactionException.class)
          .hasMessageContaining("Isolation " + asked)
          .hasMessageContaining("'" + active + "'");
      assertThatThrownBy(() -> host.begin(joiner))
          .isInstanceOf(IncompatibleTransactionException.class);
      assertThat(calls).hasValue(0);
    }
  }

  @Test
  void aRefusedJoinerIsNoFailureOfTheTransaction() { // B6
    host.withTransaction(
        () -> {
          assertThatThrownBy(() -> host.withTransaction(at(SERIALIZABLE), calls::incrementAndGet))
              .isInstanceOf(IncompatibleTransactionException.class);
          assertThat(host.currentTransaction().orElseThrow().isRollbackOnly()).isFalse();
          sql("a");
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  @Test
  void defaultCountsAsThePoolsRealOne() { // B6
    host.withTransaction(
        () -> {
          assertThat(host.currentTransaction().orElseThrow().isolation()).isEqualTo(READ_COMMITTED);
          host.withTransaction(at(READ_COMMITTED), calls::incrementAndGet);
          assertThatThrownBy(() -> host.withTransaction(at(REPEATABLE_READ), () -> {}))
              .isInstanceOf(IncompatibleTransactionException.class)
              .hasMessageContaining("READ_COMMITTED");
        });
    adapter.effective = asked -> asked == Isolation.DEFAULT ? REPEATABLE_READ : asked;
    host.withTransaction(() -> host.withTransaction(at(REPEATABLE_READ), calls::incrementAndGet));

    assertThat(calls).hasValue(2);
  }

  @Test
  void snapshotIsWhatTheAdapterSaysItIs() { // B6
    adapter.effective = asked -> asked == SNAPSHOT ? REPEATABLE_READ : asked;

    host.withTransaction(
        at(SNAPSHOT),
        () -> {
          assertThat(host.currentTransaction().orElseThrow().isolation())
              .isEqualTo(REPEATABLE_READ);
          host.withTransaction(at(REPEATABLE_READ), calls::incrementAndGet);
        });
    host.withTransaction(
        at(SERIALIZABLE), () -> host.withTransaction(at(SNAPSHOT), calls::incrementAndGet));

    assertThat(calls).hasValue(2);
  }

  @Test
  void askingForDefaultAsksForNothing() { // B6
    host.withTransaction(
        at(READ_UNCOMMITTED),
        () -> host.withTransaction(at(Isolation.DEFAULT), calls::incrementAndGet));

    assertThat(calls).hasValue(1);
  }

  @Test
  void aTransactionOfItsOwnMayHaveAnyIsolation() { // B6
    host.withTransaction(
        () ->
            host.withTransaction(
                at(SERIALIZABLE).propagation(Propagation.REQUIRES_NEW),
                () ->
                    assertThat(host.currentTransaction().orElseThrow().isolation())
                        .isEqualTo(SERIALIZABLE)));
  }

  @Test
  void requiresNewInsideReadOnlyMayWriteAndJoiningCannotLiftIt() { // B5
    TransactionOptions readOnly = named("outer").readOnly(true);
    host.withTransaction(
        readOnly,
        () -> {
          Transaction outer = host.currentTransaction().orElseThrow();
          assertThat(outer.isReadOnly()).isTrue();
          host.withTransaction(
              named("joiner").readOnly(false),
              () -> assertThat(host.currentTransaction().orElseThrow().isReadOnly()).isTrue());
          host.withTransaction(
              Propagation.NESTED,
              () -> assertThat(host.currentTransaction().orElseThrow().isReadOnly()).isTrue());
          host.withTransaction(
              Propagation.REQUIRES_NEW,
              () -> assertThat(host.currentTransaction().orElseThrow().isReadOnly()).isFalse());
        });

    assertThat(adapter.begunWith.get(0).readOnly()).isTrue();
    assertThat(adapter.begunWith.get(1).readOnly()).isFalse();
  }

  @Test
  void aReadOnlyJoinerOfAWritingTransactionIsFine() { // B5
    host.withTransaction(
        () ->
            host.withTransaction(
                named("reader").readOnly(true),
                () -> assertThat(host.currentTransaction().orElseThrow().isReadOnly()).isFalse()));
  }

  @Test
  void whoJoinsSharesTheResource() { // A5
    host.withTransaction(
        () -> {
          RecordingAdapter.Db outer = host.tx();
          for (Propagation joins :
              Set.of(Propagation.REQUIRED, Propagation.SUPPORTS, Propagation.MANDATORY)) {
            host.withTransaction(joins, () -> assertThat(host.tx()).isSameAs(outer));
          }
        });
  }
}
