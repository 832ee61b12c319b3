package io.txhost;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A transaction's number is made when it is first asked for: two that ask at once get the same. */
@JCStressTest
@Outcome(id = "one number", expect = Expect.ACCEPTABLE, desc = "the same for both, and it stays")
@Outcome(expect = Expect.FORBIDDEN, desc = "two numbers")
@State
public class OneNumberStress {
  private final Begun transaction = Alone.transaction("numbered");
  private long first;
  private long second;

  /** One that asks. */
  @Actor
  public void first() {
    first = transaction.id();
  }

  /** Another. */
  @Actor
  public void second() {
    second = transaction.id();
  }

  /** After both. */
  @Arbiter
  public void after(L_Result result) {
    long now = transaction.id();
    result.r1 = first == now && second == now ? "one number" : first + ", " + second + ", " + now;
  }
}
