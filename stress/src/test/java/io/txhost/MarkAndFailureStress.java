package io.txhost;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** One child marks, another fails: whichever came first, the failure is what is reported. */
@JCStressTest
@Outcome(id = "failed", expect = Expect.ACCEPTABLE, desc = "the failure is reported")
@Outcome(expect = Expect.FORBIDDEN, desc = "the failure got lost behind a mark")
@State
public class MarkAndFailureStress {
  private static final IllegalStateException FAILURE = new IllegalStateException("failed");

  private final Block block = Alone.transaction("shared");

  /** A child that says so. */
  @Actor
  public void marks() {
    block.markRollbackOnly();
    block.joinerEnded(TransactionOptions.defaults().name("marker"));
  }

  /** A child that fails. */
  @Actor
  public void fails() {
    block.joinerFailed("failing", FAILURE);
    block.joinerEnded(TransactionOptions.defaults().name("failing"));
  }

  /** The owner, at the end. */
  @Arbiter
  public void owner(L_Result result) {
    result.r1 =
        block.isFailed() && block.markedBy() == FAILURE ? "failed" : "lost: " + block.reason();
  }
}
