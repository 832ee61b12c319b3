package io.txhost;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * One child opens a NESTED block, calls inside it and ends it; another calls in the block around,
 * which is before or after, never between.
 */
@JCStressTest
@Outcome(id = "done, before", expect = Expect.ACCEPTABLE, desc = "called before the block")
@Outcome(id = "done, after", expect = Expect.ACCEPTABLE, desc = "called after the block")
@Outcome(expect = Expect.FORBIDDEN, desc = "blocks overlap, or somebody was not served")
@State
public class NestedAloneStress {
  private static final long LONG = TimeUnit.SECONDS.toNanos(20);
  private static final int AGAIN = 20;

  private final Turns turns = Alone.transaction("transaction");
  private final Block outer = turns;
  private final Block mine = Alone.block(outer);

  /** Plain on purpose: the turns are what orders them. */
  private String seen = "before";

  private boolean enters(Block block) {
    return turns.enter(block, new TurnWait.Limit(LONG, LONG), true) == null;
  }

  /** Opens a block, calls in it, ends it. */
  @Actor
  public void nested(LL_Result result) {
    if (!enters(outer)) {
      result.r1 = "not served at the savepoint";
      return;
    }
    turns.open(mine);
    seen = "between";
    turns.leave();
    result.r1 = enters(mine) ? "done" : "not served inside";
    turns.leave();
    if (!enters(mine)) {
      result.r1 = "not served at its end";
    }
    seen = "after";
    turns.close(mine);
    turns.leave();
  }

  /** Calls in the block around, again while it is too early: so one call meets the opening. */
  @Actor
  public void around(LL_Result result) {
    String found = call();
    for (int again = 0; again < AGAIN && found.equals("before"); again++) {
      found = call();
    }
    result.r2 = found;
  }

  private String call() {
    if (!enters(outer)) {
      return "not served";
    }
    String found = seen;
    turns.leave();
    return found;
  }
}
