package io.txhost;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * A NESTED block ends while a child in the block around gives up its wait for that: the child is
 * served or refused, and whichever it is, nobody has the turn afterwards.
 */
@JCStressTest
@Outcome(id = "served, free", expect = Expect.ACCEPTABLE, desc = "served")
@Outcome(id = "NOT_IN_TIME, free", expect = Expect.ACCEPTABLE, desc = "refused")
@Outcome(expect = Expect.FORBIDDEN, desc = "the turn stays taken for ever")
@State
public class LastMomentStress {
  private static final TurnWait.Limit SHORTEST = new TurnWait.Limit(0, 0);

  private final Turns turns = Alone.transaction("transaction");
  private final Block outer = turns;
  private final Block nested = Alone.block(outer);

  /** The block is open, and nobody has the turn. */
  public LastMomentStress() {
    turns.open(nested);
  }

  /** Ends the block, which serves who waits for that. */
  @Actor
  public void ends() {
    turns.close(nested);
  }

  /** Waits no longer than it must. */
  @Actor
  public void hurries(LL_Result result) {
    TurnWait.Refused refused = turns.enter(outer, SHORTEST, true);
    if (refused == null) {
      turns.leave();
    }
    result.r1 = refused == null ? "served" : refused;
  }

  /** Afterwards. */
  @Arbiter
  public void owner(LL_Result result) {
    result.r2 = turns.holder() == null ? "free" : "taken";
  }
}
