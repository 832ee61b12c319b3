package io.txhost.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * The blocks that hold a connection, the calling thread's innermost first. A thread that has none
 * has no cell here.
 */
final class Blocks {
  private static final ThreadLocal<Holding.@Nullable Block> INNERMOST = new ThreadLocal<>();

  private Blocks() {}

  /** Notes a block that has taken a connection; gives the one around it. */
  static Holding.@Nullable Block enter(Holding.Block block) {
    Holding.Block around = open();
    INNERMOST.set(block);
    return around;
  }

  /** Forgets a block, if the calling thread is the one that noted it. */
  static void leave(Holding.Block block) {
    if (INNERMOST.get() == block) {
      set(block.outer());
    }
  }

  /** The block whose connection a transaction of the source takes that begins here, or null. */
  static Holding.@Nullable Block lending(ConnectionSource source) {
    for (Holding.Block each = open(); each != null; each = each.outer()) {
      if (each.isOf(source) && each.canLend()) {
        return each;
      }
    }
    return null;
  }

  /** The innermost that is not over: one may be ended by another thread, or out of order. */
  private static Holding.@Nullable Block open() {
    Holding.Block found = INNERMOST.get();
    Holding.Block open = found;
    while (open != null && open.isOver()) {
      open = open.outer();
    }
    if (open != found) {
      set(open);
    }
    return open;
  }

  private static void set(Holding.@Nullable Block block) {
    if (block == null) {
      INNERMOST.remove();
    } else {
      INNERMOST.set(block);
    }
  }
}
