package io.txhost.spring;

import io.txhost.Transaction;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.AliasFor;

/**
 * An {@link EventListener} that is called at a phase of the transaction in which the event was
 * published: a {@link io.txhost.TransactionHost}'s. Spring's annotation of that name hears of
 * Spring's transactions.
 *
 * <pre>{@code
 * @TransactionalEventListener
 * void send(OrderPlaced placed) { ... } // after the commit
 *
 * @TransactionalEventListener(phase = Phase.AFTER_COMPLETION)
 * void note(WithOutcome<OrderPlaced> placed) { ... placed.outcome() ... }
 * }</pre>
 *
 * <p>The rules are those of the transaction's hooks ({@link Transaction#beforeCommit} and the
 * others), among which a listener takes its place when the event is published. They run in that
 * order, all of them. After the end the listener runs outside any transaction, with the connection
 * returned; its failure is reported and changes nothing. A {@link io.txhost.Transactional} on it
 * begins a transaction of its own there. Events of a NESTED block that was undone are not heard of
 * before a commit or after one; listeners for a rollback or the completion hear of them, with
 * {@link Transaction.Outcome#ROLLED_BACK}, when the whole transaction has ended.
 *
 * <p>The {@link #condition()} is asked once, when the event is published. What the listener returns
 * is published as with {@code @EventListener}, at the listener's phase: after the end outside any
 * transaction. Always called on the publishing thread, where the transaction is, whatever executor
 * the context's multicaster has; {@code @Async} on the listener hands the call on.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@EventListener
@SuppressWarnings("exports") // what Spring reads here is no type for callers
public @interface TransactionalEventListener {

  /** When a listener is called. */
  enum Phase {
    /** Inside, before the commit. A failure rolls back. */
    BEFORE_COMMIT,
    /** After a commit that the database has confirmed. */
    AFTER_COMMIT,
    /** After a rollback. Not where the outcome is unknown. */
    AFTER_ROLLBACK,
    /** After the end, whatever it was; {@link WithOutcome} tells. */
    AFTER_COMPLETION
  }

  /** What becomes of an event that is published where the host has no transaction. */
  enum WithoutTransaction {
    /**
     * The listener is called at once. Refused at start-up where it would hear of an end that there
     * is none of: after a rollback, or with an outcome.
     */
    RUN,
    /** Publishing fails with a {@link io.txhost.TransactionException}, TXH-690. */
    FAIL,
    /** The listener is not called. */
    DROP
  }

  /** When the listener is called. */
  Phase phase() default Phase.AFTER_COMMIT;

  /** The host's name; "" is the default host. */
  String host() default "";

  /** What becomes of an event outside a transaction. By default none is lost unseen. */
  WithoutTransaction withoutTransaction() default WithoutTransaction.FAIL;

  /** As {@link #classes()}. */
  @AliasFor(annotation = EventListener.class, attribute = "classes")
  Class<?>[] value() default {};

  /** As {@link EventListener#classes()}. */
  @AliasFor(annotation = EventListener.class, attribute = "classes")
  Class<?>[] classes() default {};

  /** As {@link EventListener#condition()}; asked when the event is published. */
  @AliasFor(annotation = EventListener.class, attribute = "condition")
  String condition() default "";

  /** As {@link EventListener#id()}. */
  @AliasFor(annotation = EventListener.class, attribute = "id")
  String id() default "";
}
