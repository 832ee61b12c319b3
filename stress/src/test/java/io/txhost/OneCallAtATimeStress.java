package io.txhost;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/**
 * Two children call the driver at once, each twice: one is inside at a time, and sees what the
 * other did.
 */
@JCStressTest
@Outcome(id = "1, 2, 3, 4", expect = Expect.ACCEPTABLE, desc = "one after the other")
@Outcome(id = "3, 4, 1, 2", expect = Expect.ACCEPTABLE, desc = "one after the other")
@Outcome(id = "1, 3, 2, 4", expect = Expect.ACCEPTABLE, desc = "in turn")
@Outcome(id = "2, 4, 1, 3", expect = Expect.ACCEPTABLE, desc = "in turn")
@Outcome(id = "1, 4, 2, 3", expect = Expect.ACCEPTABLE, desc = "one twice between")
@Outcome(id = "2, 3, 1, 4", expect = Expect.ACCEPTABLE, desc = "one twice between")
@Outcome(expect = Expect.FORBIDDEN, desc = "two inside, or one not served")
@State
public class OneCallAtATimeStress {
  private static final long LONG = TimeUnit.SECONDS.toNanos(20);

  private final Turns turns = Alone.transaction("transaction");
  private final Block block = turns;

  /** Plain on purpose: the turn is what orders them. */
  private int inside;

  private int calls;

  private Object call() {
    if (turns.enter(block, new TurnWait.Limit(LONG, LONG), true) != null) {
      return "not served";
    }
    try {
      if (!turns.isMine() || ++inside != 1) {
        return "not alone";
      }
      int mine = ++calls;
      inside--;
      return mine;
    } finally {
      turns.leave();
    }
  }

  /** A child. */
  @Actor
  public void one(LLLL_Result result) {
    result.r1 = call();
    result.r2 = call();
  }

  /** Another. */
  @Actor
  public void two(LLLL_Result result) {
    result.r3 = call();
    result.r4 = call();
  }
}
