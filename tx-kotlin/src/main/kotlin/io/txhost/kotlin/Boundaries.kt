package io.txhost.kotlin

import io.txhost.Propagation
import io.txhost.TransactionHost
import io.txhost.TransactionOptions
import io.txhost.TransactionalCallable

/**
 * Runs the work in a boundary of the host's default options. What the work throws leaves unchanged.
 *
 * The work cannot suspend: a transaction belongs to the thread of its boundary.
 */
public inline fun <R> TransactionHost<*>.withTransaction(crossinline work: () -> R): R =
    withTransaction<R, RuntimeException>(TransactionalCallable<R, RuntimeException> { work() })

/** Runs the work in a boundary of the given propagation. */
public inline fun <R> TransactionHost<*>.withTransaction(
    propagation: Propagation,
    crossinline work: () -> R,
): R =
    withTransaction<R, RuntimeException>(
        propagation,
        TransactionalCallable<R, RuntimeException> { work() },
    )

/** Runs the work in a boundary. */
public inline fun <R> TransactionHost<*>.withTransaction(
    options: TransactionOptions,
    crossinline work: () -> R,
): R =
    withTransaction<R, RuntimeException>(
        options,
        TransactionalCallable<R, RuntimeException> { work() },
    )

/** Runs the work without a transaction; an active one is set aside. */
public inline fun <R> TransactionHost<*>.withoutTransaction(crossinline work: () -> R): R =
    withoutTransaction<R, RuntimeException>(TransactionalCallable<R, RuntimeException> { work() })

/**
 * Runs the tasks beside each other, in the transaction if one is active, and waits for all. The
 * first failure leaves as it is, and cancels the others.
 */
public fun <R> TransactionHost<*>.inParallel(vararg tasks: () -> R): List<R> =
    inParallel<R, RuntimeException>(
        tasks.map { task -> TransactionalCallable<R, RuntimeException> { task() } })

/** Races the tasks: the result of the first that succeeds; the others are cancelled. */
public fun <R> TransactionHost<*>.anyInParallel(vararg tasks: () -> R): R =
    anyInParallel<R, RuntimeException>(
        tasks.map { task -> TransactionalCallable<R, RuntimeException> { task() } })
