package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.RecordingAdapter.At;
import io.txhost.RecordingAdapter.Db;
import io.txhost.spi.ResourceView;
import io.txhost.spi.TransactionAdapter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Views of a host: the same transactions, of another type. */
class ViewsTest extends CoreTest {
  private record Shown(Db db, String where) {}

  private final List<String> completed = new ArrayList<>();
  private RuntimeException completionFailure;

  private final class View implements ResourceView<Db, Shown> {
    @Override
    public Shown inside(Db resource) {
      return new Shown(resource, "inside");
    }

    @Override
    public Shown outside(Db fallback) {
      return new Shown(fallback, "outside");
    }

    @Override
    public void completed(Shown view, Transaction.Outcome outcome) {
      completed.add(view.where() + " " + outcome);
      if (completionFailure != null) {
        throw completionFailure;
      }
    }

    @Override
    public String toString() {
      return "view";
    }
  }

  private final TransactionHost<Shown> view = host.viewedAs(new View());
  private final TransactionHost<Shown> over =
      TransactionHost.builder(adapter.viewedAs(new View()))
          .fallbackPolicy(FallbackPolicy.ALLOW)
          .listener(listener)
          .build();

  @Test
  void aViewSharesTheTransactionsOfItsBase() { // A23
    view.withTransaction(
        () -> {
          view.tx().db().sql("by view");
          host.withTransaction(Propagation.MANDATORY, () -> sql("by base"));
          assertThat(view.tx()).isSameAs(view.tx());
          assertThat(view.tx().db()).isSameAs(host.tx());
          assertThat(view.isTransactionActive()).isTrue();
        });

    assertThat(view.name()).isEqualTo(host.name());
    assertThat(transcript()).containsExactly("1 BEGIN", "1 by view", "1 by base", "1 COMMIT");
    assertThat(completed).containsExactly("inside COMMITTED");
  }

  @Test
  void aFailureInEitherUndoesBoth() { // A23
    assertThatThrownBy(
        () ->
            host.withTransaction(
                () -> {
                  sql("base");
                  view.withTransaction(
                      () -> {
                        view.tx().db().sql("view");
                        throw new IllegalStateException("x");
                      });
                }));

    assertThat(transcript()).containsExactly("1 BEGIN", "1 base", "1 view", "1 ROLLBACK");
    assertThat(completed).containsExactly("inside ROLLED_BACK");
  }

  @Test
  void severalViewsHaveEachTheirOwnResourceOfOneTransaction() { // A23
    TransactionHost<Shown> second = host.viewedAs(new View());
    TransactionHost<String> third =
        view.viewedAs(
            new ResourceView<Shown, String>() {
              @Override
              public String inside(Shown resource) {
                return "of " + resource.where();
              }

              @Override
              public String outside(Shown fallback) {
                return "of " + fallback.where();
              }
            });
    host.withTransaction(
        () -> {
          assertThat(third.tx()).isEqualTo("of inside");
          assertThat(view.tx()).isSameAs(view.tx()).isNotSameAs(second.tx());
          assertThat(third.tx()).isSameAs(third.tx());
          assertThat(view.tx().db()).isSameAs(second.tx().db()).isSameAs(host.tx());
        });

    assertThat(third.tx()).isEqualTo("of outside");
    assertThat(completed).hasSize(2);
  }

  @Test
  void outsideAViewShowsTheFallback() { // A2
    view.tx().db().sql("a");

    assertThat(view.tx().where()).isEqualTo("outside");
    assertThat(transcript()).containsExactly("AUTO a");
  }

  @Test
  void aViewNeverAskedForIsNotMadeAndNotCompleted() {
    host.withTransaction(() -> sql("a"));

    assertThat(completed).isEmpty();
  }

  @Test
  void aViewThatFailsToCloseChangesNoOutcome() {
    completionFailure = new IllegalStateException("close");

    view.withTransaction(() -> view.tx().db().sql("a"));

    assertThat(listener.hookFailures).containsExactly(completionFailure);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  @Test
  void anAdapterShownAsAnotherTypeForwardsEverything() {
    over.withTransaction(
        () -> {
          over.tx().db().sql("a");
          assertThat(over.tx()).isSameAs(over.tx());
          over.withTransaction(Propagation.NESTED, () -> over.tx().db().sql("b"));
          assertThatThrownBy(
              () ->
                  over.withTransaction(
                      Propagation.NESTED,
                      () -> {
                        over.tx().db().sql("c");
                        throw new IllegalStateException("x");
                      }));
        });
    over.tx().db().sql("d");

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 a",
            "1 SAVEPOINT s1",
            "1 b",
            "1 RELEASE s1",
            "1 SAVEPOINT s2",
            "1 c",
            "1 ROLLBACK TO s2",
            "1 COMMIT",
            "AUTO d");
    assertThat(completed).containsExactly("inside COMMITTED");
  }

  @Test
  void anAdapterShownAsAnotherTypeTellsItsViewEveryOutcome() {
    adapter
        .failAt(At.COMMIT, new TransactionCommitException("rolled back", null))
        .failAt(At.COMMIT, new CommitOutcomeUnknownException("unknown", null))
        .failAt(At.COMMIT, new IllegalStateException("whatever"));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> over.withTransaction(() -> over.tx().db().sql("a")));
    }
    adapter.failAt(At.ROLLBACK, new IllegalStateException("rollback"));
    assertThatThrownBy(
        () ->
            over.withTransaction(
                () -> {
                  over.tx().db().sql("a");
                  throw new IllegalStateException("x");
                }));

    assertThat(completed)
        .containsExactly(
            "inside ROLLED_BACK", "inside UNKNOWN", "inside UNKNOWN", "inside ROLLED_BACK");
  }

  @Test
  void anAdaptersViewThatFailsToCloseChangesNoOutcome() {
    completionFailure = new IllegalStateException("close");

    over.withTransaction(() -> over.tx().db().sql("a"));
    assertThatThrownBy(
            () ->
                over.withTransaction(
                    () -> {
                      over.tx().db().sql("b");
                      throw new IllegalStateException("users");
                    }))
        .hasMessage("users")
        .hasNoSuppressedExceptions();

    assertThat(listener.events)
        .contains(
            "committed ViewsTest.anAdaptersViewThatFailsToCloseChangesNoOutcome",
            "rolledBack ViewsTest.anAdaptersViewThatFailsToCloseChangesNoOutcome IllegalStateException");
  }

  @Test
  void anAdapterShownAsAnotherTypeAsksItsBase() {
    adapter.effective = asked -> Isolation.SERIALIZABLE;
    over.withTransaction(
        () ->
            assertThat(over.currentTransaction().orElseThrow().isolation())
                .isEqualTo(Isolation.SERIALIZABLE));
    adapter.hasSavepoints = false;
    over.withTransaction(
        () ->
            assertThatThrownBy(() -> over.withTransaction(Propagation.NESTED, () -> {}))
                .isInstanceOf(NestedTransactionNotSupportedException.class));
    List<Integer> attempts = new ArrayList<>();
    assertThatThrownBy(
        () ->
            over.withTransaction(
                named("again")
                    .retry(RetryPolicy.maxAttempts(2).initialDelay(java.time.Duration.ZERO)),
                () -> {
                  attempts.add(1);
                  throw state("40001");
                }));
    assertThat(attempts).hasSize(2);
    assertThat(adapter.viewedAs(new View())).hasToString("view over recorder");
  }

  /** Notes what it is attached to. */
  private static final class Attached implements ResourceView<Db, Db> {
    private TransactionHost<Db> shown;
    private TransactionHost<? extends Db> base;

    @Override
    public Db inside(Db resource) {
      return resource;
    }

    @Override
    public Db outside(Db fallback) {
      return fallback;
    }

    @Override
    public void attached(TransactionHost<Db> shownBy, TransactionHost<? extends Db> standsOn) {
      shown = shownBy;
      base = standsOn;
    }
  }

  @Test
  void anAdapterAndItsViewAreBothToldOfTheirHosts() {
    Attached view = new Attached();
    TransactionHost<Db> built = TransactionHost.create(adapter.viewedAs(view));

    assertThat(view.shown).isSameAs(built);
    assertThat(view.base).isSameAs(adapter.attachedTo).isNotSameAs(built);
    built.withTransaction(() -> assertThat(built.tx()).isSameAs(view.base.tx()));
  }

  @Test
  void aViewOfAHostIsToldTheSameAsAViewOfAnAdapter() {
    Attached view = new Attached();
    TransactionHost<Db> built = host.viewedAs(view);

    assertThat(view.shown).isSameAs(built);
    assertThat(view.base).isSameAs(host);
  }

  @Test
  void viewsOfViewsOfAnAdapterAreOpenedInTurn() {
    Attached inner = new Attached();
    Attached outer = new Attached();
    TransactionHost<Db> built = TransactionHost.create(adapter.viewedAs(inner).viewedAs(outer));

    assertThat(outer.shown).isSameAs(built);
    assertThat(outer.base).isSameAs(inner.shown);
    assertThat(inner.base).isSameAs(adapter.attachedTo);
  }

  @Test
  void anAdapterTogetherWithAViewIsNotCalledItself() {
    TransactionAdapter<Db> pair = adapter.viewedAs(new Attached());

    assertThatThrownBy(pair::fallback).hasMessageContaining("TXH-206");
    assertThatThrownBy(() -> pair.begin(TransactionOptions.defaults(), null))
        .hasMessageContaining("TXH-206")
        .hasMessageContaining("base()");
  }
}
