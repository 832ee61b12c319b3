package io.txhost;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * Two children fail at once, and each looks at the mark afterwards: one failure is the first, with
 * its own name, for both and for the owner.
 */
@JCStressTest
@Outcome(id = "one, one, one", expect = Expect.ACCEPTABLE, desc = "the first stays")
@Outcome(id = "two, two, two", expect = Expect.ACCEPTABLE, desc = "the first stays")
@Outcome(expect = Expect.FORBIDDEN, desc = "torn, lost, or another first one")
@State
public class TwoMarksStress {
  private static final IllegalStateException ONE = new IllegalStateException("one");
  private static final UnsupportedOperationException TWO = new UnsupportedOperationException("two");

  private final Block block = Alone.transaction("shared");

  /** A child. */
  @Actor
  public void one(LLL_Result result) {
    block.joinerFailed("one", ONE);
    result.r1 = first();
  }

  /** Another. */
  @Actor
  public void two(LLL_Result result) {
    block.joinerFailed("two", TWO);
    result.r2 = first();
  }

  /** The owner, at the end. */
  @Arbiter
  public void owner(LLL_Result result) {
    result.r3 = first();
  }

  private String first() {
    Throwable failure = block.markedBy();
    String reason = block.reason();
    if (!block.isMarked() || !block.isFailed() || failure == null) {
      return "no failure";
    }
    String named = "'" + failure.getMessage() + "', which joined it, failed with ";
    return reason.equals(named + failure.getClass().getName()) ? failure.getMessage() : reason;
  }
}
