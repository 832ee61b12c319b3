package io.txhost.jdbc;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that hold a connection which the calling thread took, the innermost first. A thread
 * that has none has no cell here.
 */
final class Blocks {
  private static final ThreadLocal<@Nullable Deque<Holding.Block>> HERE = new ThreadLocal<>();

  /** Whether there has ever been one: else no thread is looked at. */
  private static volatile boolean isUsed;

  private Blocks() {}

  static boolean areUsed() {
    return isUsed;
  }

  /** Notes a block that has taken a connection. */
  static void enter(Holding.Block block) {
    isUsed = true;
    leave(block); // which may have had another before
    Deque<Holding.Block> here = HERE.get();
    if (here == null) {
      here = new ArrayDeque<>(2);
      HERE.set(here);
    }
    here.push(block);
  }

  /** Forgets a block, if the calling thread is the one that noted it. */
  static void leave(Holding.Block block) {
    forgetOver(block);
  }

  /** The block whose connection a transaction of the source takes that begins here, or null. */
  static Holding.@Nullable Block lending(ConnectionSource source) {
    Deque<Holding.Block> here = forgetOver(null);
    if (here != null) {
      for (Holding.Block each : here) {
        if (each.isOf(source) && each.canLend()) {
          return each;
        }
      }
    }
    return null;
  }

  /** The rest, null if none is left: a block may be ended by another thread, or out of order. */
  private static @Nullable Deque<Holding.Block> forgetOver(Holding.@Nullable Block left) {
    Deque<Holding.Block> here = HERE.get();
    if (here == null) {
      return null;
    }
    here.removeIf(each -> each == left || !each.isHeldHere());
    if (here.isEmpty()) {
      HERE.remove();
      return null;
    }
    return here;
  }
}
