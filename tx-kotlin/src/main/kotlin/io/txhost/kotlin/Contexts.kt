package io.txhost.kotlin

import io.txhost.context.Context
import io.txhost.context.ContextCallable
import io.txhost.context.ContextKey
import io.txhost.context.ContextMode

/** Runs the work in a context, by default in a copy of the outer values. */
public inline fun <R> inContext(
    mode: ContextMode = ContextMode.INHERIT,
    crossinline work: () -> R,
): R = Context.call<R, RuntimeException>(mode, ContextCallable<R, RuntimeException> { work() })

/** Runs the work outside any context. */
public inline fun <R> outsideContext(crossinline work: () -> R): R =
    Context.exit<R, RuntimeException>(ContextCallable<R, RuntimeException> { work() })

/** A key of the given name, for values of the type. */
public inline fun <reified V : Any> contextKey(name: String): ContextKey<V> = ContextKey.named(name)
