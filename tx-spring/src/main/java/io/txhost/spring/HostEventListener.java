package io.txhost.spring;

import io.txhost.Transaction;
import io.txhost.Transaction.Outcome;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import io.txhost.spring.TransactionalEventListener.Phase;
import io.txhost.spring.TransactionalEventListener.WithoutTransaction;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Calls one annotated method at its phase of the transaction that is active at the publisher. */
final class HostEventListener extends ApplicationListenerMethodAdapter {
  private final Method method;
  private final Phase phase;
  private final WithoutTransaction without;
  private final TransactionHost<?> host;

  /** The event's type where the method takes it with the outcome, else null. */
  private final @Nullable ResolvableType eventWithOutcome;

  private HostEventListener(
      String bean,
      Class<?> type,
      Method method,
      TransactionalEventListener annotation,
      TransactionHost<?> host) {
    super(bean, type, method);
    this.method = method;
    this.phase = annotation.phase();
    this.without = annotation.withoutTransaction();
    this.host = host;
    this.eventWithOutcome = eventWithOutcome(type, method);
  }

  /**
   * Makes one.
   *
   * @throws StartupRefusedException if the host is unknown, or the phase, the parameter and what is
   *     to become of events outside contradict each other
   */
  static HostEventListener of(String bean, Class<?> type, Method method, TransactionHosts hosts) {
    TransactionalEventListener annotation =
        Objects.requireNonNull(
            AnnotatedElementUtils.findMergedAnnotation(method, TransactionalEventListener.class));
    HostEventListener listener =
        new HostEventListener(
            bean, type, method, annotation, host(bean, method, annotation.host(), hosts));
    listener.refuseContradiction(bean);
    return listener;
  }

  private static TransactionHost<?> host(
      String bean, Method method, String name, TransactionHosts hosts) {
    String problem = UnknownHosts.problem(name, hosts.names());
    if (problem != null) {
      throw refused(
          "TXH-608",
          bean,
          "the @TransactionalEventListener of " + Wording.method(method) + " " + problem);
    }
    return hosts.get(name);
  }

  private static @Nullable ResolvableType eventWithOutcome(Class<?> type, Method method) {
    ResolvableType taken =
        method.getParameterCount() == 1
            ? ResolvableType.forMethodParameter(method, 0, type)
            : ResolvableType.NONE;
    return taken.toClass() == WithOutcome.class ? taken.getGeneric(0) : null;
  }

  private void refuseContradiction(String bean) {
    if (eventWithOutcome != null && phase != Phase.AFTER_COMPLETION) {
      throw refused(
          "TXH-691",
          bean,
          "method "
              + Wording.method(method)
              + " takes the outcome, and is called "
              + phase
              + "; take the event itself, or let the phase be AFTER_COMPLETION");
    }
    if (without == WithoutTransaction.RUN
        && (eventWithOutcome != null || phase == Phase.AFTER_ROLLBACK)) {
      throw refused(
          "TXH-691",
          bean,
          "method "
              + Wording.method(method)
              + " hears "
              + (eventWithOutcome != null ? "of an outcome" : "of a rollback")
              + ", and withoutTransaction = RUN would call it where no transaction has ended; let it"
              + " be FAIL or DROP");
    }
  }

  private static StartupRefusedException refused(String code, String bean, String text) {
    return new StartupRefusedException(List.of(Wording.finding(code, Wording.bean(bean), text)));
  }

  @Override
  public boolean supportsEventType(ResolvableType published) {
    if (eventWithOutcome == null) {
      return super.supportsEventType(published);
    }
    return eventWithOutcome.isAssignableFrom(published)
        || (PayloadApplicationEvent.class.isAssignableFrom(published.toClass())
            && eventWithOutcome.isAssignableFrom(
                published.as(PayloadApplicationEvent.class).getGeneric()));
  }

  /** The transaction is on the publisher's thread. */
  @Override
  public boolean supportsAsyncExecution() {
    return false;
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (shouldHandle(event)) {
      Optional<Transaction> active = host.currentTransaction();
      if (active.isPresent()) {
        register(active.get(), event);
      } else {
        outside(event);
      }
    }
  }

  private void register(Transaction transaction, ApplicationEvent event) {
    switch (phase) {
      case BEFORE_COMMIT -> transaction.beforeCommit(() -> call(event, null));
      case AFTER_COMMIT -> transaction.afterCommit(() -> call(event, null));
      case AFTER_ROLLBACK -> transaction.afterRollback(() -> call(event, null));
      case AFTER_COMPLETION -> transaction.afterCompletion(outcome -> call(event, outcome));
    }
  }

  private void outside(ApplicationEvent event) {
    switch (without) {
      case RUN -> call(event, null);
      case FAIL ->
          throw new TransactionException(
              "TXH-690",
              "An event was published for "
                  + Wording.method(method)
                  + ", which is to be called "
                  + phase
                  + " of the host '"
                  + host.name()
                  + "', and no transaction of the host is active here. Publish the event inside"
                  + " a transaction, or say on the @TransactionalEventListener what is done without"
                  + " one: withoutTransaction = RUN calls the listener at once, DROP does not call it",
              null);
      case DROP -> {}
    }
  }

  /** Its condition was asked when the event was published. */
  private void call(ApplicationEvent event, @Nullable Outcome outcome) {
    @Nullable Object @Nullable [] arguments =
        eventWithOutcome == null || outcome == null
            ? resolveArguments(event)
            : new Object[] {new WithOutcome<>(content(event), outcome)};
    Object result = arguments == null ? null : doInvoke(arguments);
    if (result != null) {
      handleResult(result);
    }
  }

  /** Also for the condition, which knows no outcome yet. */
  @Override
  protected @Nullable Object @Nullable [] resolveArguments(ApplicationEvent event) {
    return eventWithOutcome == null
        ? super.resolveArguments(event)
        : new Object[] {new WithOutcome<>(content(event), Outcome.UNKNOWN)};
  }

  private Object content(ApplicationEvent event) {
    return event instanceof PayloadApplicationEvent<?> payload
            && eventWithOutcome != null
            && !eventWithOutcome.isInstance(event)
        ? payload.getPayload()
        : event;
  }
}
