package io.txhost.kotlin

import io.txhost.internal.Snapshot
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.ThreadContextElement

/**
 * Carries the context to wherever a coroutine runs, and the transaction detached: what runs there
 * is outside of it, and `tx()` refuses by name. Values set in a context are seen by all that share
 * it.
 */
// Any: the compiler makes a constructor that everybody sees of a private one
public class ContextElement private constructor(private val captured: Any?) :
    AbstractCoroutineContextElement(ContextElement), ThreadContextElement<Any?> {

  override fun updateThreadContext(context: CoroutineContext): Any? {
    val before = Snapshot.take()
    if (captured is Snapshot) captured.install() else Snapshot.installNothing()
    return before
  }

  override fun restoreThreadContext(context: CoroutineContext, oldState: Any?) {
    if (oldState is Snapshot) oldState.putBack() else Snapshot.putBackNothing()
  }

  override fun toString(): String = "txhost's context"

  /** Its key in a coroutine's context. */
  public companion object Key : CoroutineContext.Key<ContextElement> {
    /** With what is current on the calling thread. */
    public fun ofThisThread(): ContextElement = ContextElement(Snapshot.take())
  }
}

/**
 * The context of the calling thread, for a coroutine's: `withContext(Dispatchers.IO +
 * contextElement())`.
 */
public fun contextElement(): ContextElement = ContextElement.ofThisThread()
