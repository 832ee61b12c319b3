package io.txhost.spring;

import io.txhost.Transaction.Outcome;

/**
 * An event and how the transaction ended in which it was published: what a {@link
 * TransactionalEventListener} for {@code AFTER_COMPLETION} may take in place of the event.
 *
 * @param <E> the event's type
 * @param event as it was published
 * @param outcome where the event was published in a NESTED block that was undone: ROLLED_BACK
 */
public record WithOutcome<E>(E event, Outcome outcome) {}
