package io.txhost;

import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.TransactionSignals;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * The owner commits while another thread asks for the resource and writes: that is served before
 * the end, and committed, or refused; never served after the end.
 */
@JCStressTest
@Outcome(id = "served, 1 committed of 1", expect = Expect.ACCEPTABLE, desc = "before the end")
@Outcome(id = "refused, 0 committed of 0", expect = Expect.ACCEPTABLE, desc = "at tx()")
@Outcome(id = "refused late, 0 committed of 0", expect = Expect.ACCEPTABLE, desc = "at the call")
@Outcome(expect = Expect.FORBIDDEN, desc = "served after the end, or lost")
@State
public class LateUseStress {
  private static final HostSetup HOST = Alone.<Line>host(Line::new);

  private final Begun transaction = Alone.transaction(HOST, "shared");
  private final Line line = (Line) transaction.base();

  /** A connection: its fields are plain on purpose, since its turns are what orders its calls. */
  private static final class Line implements AdapterTransaction<Line> {
    private final TransactionSignals signals;
    private boolean ended;
    private int rows;
    private int committed;

    Line(TransactionSignals signals) {
      this.signals = signals;
    }

    boolean write() {
      signals.enter();
      try {
        if (ended) {
          return false;
        }
        rows++;
        return true;
      } finally {
        signals.leave();
      }
    }

    @Override
    public Line resource() {
      return this;
    }

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    public void commit() {
      ended = true;
      committed = rows;
    }

    @Override
    public void rollback() {
      ended = true;
    }
  }

  /** The owner. */
  @Actor
  public void owner() {
    transaction.keep();
  }

  /** Another thread. */
  @Actor
  public void late(LL_Result result) {
    try {
      transaction.refuseEnded("tx()");
      result.r1 = line.write() ? "served" : "refused late";
    } catch (TransactionCompletedException refusal) {
      result.r1 = "refused";
    }
  }

  /** What became of it. */
  @Arbiter
  public void after(LL_Result result) {
    result.r2 = line.committed + " committed of " + line.rows;
  }
}
