package io.txhost.spring.boot;

import io.txhost.observe.FinishedTransaction;
import io.txhost.observe.OpenTransaction;
import io.txhost.observe.TransactionObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * The endpoint {@code txhost}: which transactions are open now, and which were slow or failed last.
 *
 * <p><b>Threads:</b> may be read at any time by any number.
 */
@Endpoint(id = "txhost")
final class TxHostEndpoint {
  private final TransactionObserver observer;

  TxHostEndpoint(TransactionObserver observer) {
    this.observer = observer;
  }

  /** What is over is read first: so nothing is said to be open and over in one answer. */
  @ReadOperation
  Report transactions() {
    List<Over> slow = observer.slow().stream().map(Over::of).toList();
    List<Over> failed = observer.failed().stream().map(Over::of).toList();
    return new Report(observer.open().stream().map(Open::of).toList(), slow, failed);
  }

  /**
   * An answer.
   *
   * @param open the oldest first
   * @param slow the newest first
   * @param failed the newest first
   */
  record Report(List<Open> open, List<Over> slow, List<Over> failed) {}

  /** One that is open. */
  record Open(
      long id,
      String name,
      String host,
      String thread,
      Instant startedAt,
      Duration age,
      int attempt,
      boolean readOnly,
      boolean connectionHeld,
      Duration connectionHeldFor,
      int statements,
      Duration unusedFor,
      String waitingFor) {

    static Open of(OpenTransaction one) {
      return new Open(
          one.id(),
          one.name(),
          one.host(),
          one.thread(),
          one.startedAt(),
          one.age(),
          one.attempt(),
          one.readOnly(),
          one.connectionHeld(),
          one.heldFor(),
          one.statements(),
          one.unusedFor(),
          one.waitingFor().toString());
    }
  }

  /** One that is over. */
  record Over(
      long id,
      String name,
      String host,
      String thread,
      Instant startedAt,
      Duration duration,
      int attempt,
      boolean readOnly,
      Duration connectionWait,
      Duration connectionHeld,
      int statements,
      Duration statementTime,
      String outcome,
      @Nullable String reason) {

    static Over of(FinishedTransaction one) {
      return new Over(
          one.id(),
          one.name(),
          one.host(),
          one.thread(),
          one.startedAt(),
          one.duration(),
          one.attempt(),
          one.readOnly(),
          one.connectionWait(),
          one.connectionHeld(),
          one.statements(),
          one.statementTime(),
          one.outcome().toString(),
          one.reason());
    }
  }
}
