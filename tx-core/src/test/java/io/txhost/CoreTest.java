package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.Db;
import io.txhost.spi.TransactionAdapter;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A host over a recorder, and the check that every transaction was ended once. */
@ExtendWith(NothingLeft.class)
abstract class CoreTest {
  final RecordingAdapter adapter = new RecordingAdapter();
  final RecordingListener listener = new RecordingListener();
  final TransactionHost<Db> host = host().build();

  /**
   * Statements outside commit by themselves: what the default refuses is {@link FallbackTest}'s.
   */
  TransactionHost.Builder<Db> host() {
    return TransactionHost.builder(adapter).listener(listener).fallbackPolicy(FallbackPolicy.ALLOW);
  }

  @AfterEach
  void everyTransactionWasEndedOnce() {
    assertThat(adapter.complaints()).isEmpty();
  }

  /** What a host over the adapter would be built with. */
  static HostSetup setup(TransactionAdapter<?> adapter) {
    return new HostSetup(
        "default",
        adapter,
        TransactionOptions.defaults(),
        FallbackPolicy.ALLOW,
        new Listeners(List.of()),
        new FailedResults(List.of()),
        new BeginHooks<>(List.of()));
  }

  void sql(String text) {
    host.tx().sql(text);
  }

  /** Until this thread, of a task, is refused in its transaction; with a time limit. */
  void awaitCancelled() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (catchThrowable(host::tx) == null && System.nanoTime() < until) {
      LockSupport.parkNanos(100_000);
    }
  }

  List<String> transcript() {
    return adapter.transcript;
  }

  /** The next transaction on the host begins and commits as if nothing had been. */
  void assertTheNextTransactionWorks() {
    int before = adapter.transactions.size();
    int told = transcript().size();
    host.withTransaction(() -> sql("next"));
    assertThat(adapter.transactions).hasSize(before + 1);
    int number = before + 1;
    assertThat(transcript().subList(told, transcript().size()))
        .containsExactly(number + " BEGIN", number + " next", number + " COMMIT");
  }

  static TransactionOptions named(String name) {
    return TransactionOptions.defaults().name(name);
  }

  static TransactionOptions as(Propagation propagation, String name) {
    return named(name).propagation(propagation);
  }

  static SQLException state(String state) {
    return new SQLException("state " + state, state);
  }

  /** Nothing holds them any longer: what a collection leaves is held. */
  static void assertCollected(List<? extends WeakReference<?>> references) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (references.stream().anyMatch(r -> r.get() != null) && System.nanoTime() < until) {
      System.gc();
    }
    assertThat(references).allMatch(reference -> reference.get() == null);
  }

  /** Does it; whether it fails is not what the test is about. */
  static void swallowing(ThrowingCallable work) {
    Throwable unused = catchThrowable(work);
  }

  /** What it throws, as the type it must be. */
  static <X extends Throwable> X thrownBy(Class<X> type, ThrowingCallable work) {
    Throwable thrown = catchThrowable(work);
    assertThat(thrown).isInstanceOf(type);
    return type.cast(thrown);
  }
}
