package io.txhost;

import io.txhost.internal.CapturedTransaction;
import io.txhost.internal.Frame;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A child that comes upon a frame sees all of it, however the frame reached it: here even through a
 * race.
 */
@JCStressTest
@Outcome(id = "nothing", expect = Expect.ACCEPTABLE, desc = "not published yet")
@Outcome(id = "all of it", expect = Expect.ACCEPTABLE, desc = "whole")
@Outcome(expect = Expect.FORBIDDEN, desc = "torn")
@State
public class SharedFrameStress {
  private static final Object CONTEXT = new Object();

  /** Published by a race on purpose. */
  private Frame published;

  private static final class Around extends Frame {
    Around() {
      super(ROOT, CONTEXT, true);
    }

    @Override
    protected List<CapturedTransaction> captured() {
      return List.of();
    }
  }

  /** The parent. */
  @Actor
  public void parent() {
    published = new Frame(new Around(), CONTEXT);
  }

  /** The child. */
  @Actor
  public void child(L_Result result) {
    Frame found = published;
    result.r1 = found == null ? "nothing" : seen(found);
  }

  private static String seen(Frame found) {
    Frame around = found.outer();
    if (around == null || around.outer() != Frame.ROOT || around.owner() != found.owner()) {
      return "no outer frame";
    }
    if (found.context() != CONTEXT || around.context() != CONTEXT) {
      return "no context";
    }
    if (found.owner() == null || found.owner() == Thread.currentThread()) {
      return "no owner";
    }
    if (found.boundary() != around || around.boundary() != around) {
      return "no boundary";
    }
    return "all of it";
  }
}
