package io.txhost.context;

/** The context has ended: nothing may be tied to its life any more. */
public class ContextEndedException extends IllegalStateException implements Coded {
  private static final long serialVersionUID = 1L;

  ContextEndedException(Context ended) {
    super(
        "TXH-306 "
            + ended
            + " has ended. Work that outlives the call which opened a context needs a context of"
            + " its own: Context.call inside the work copies the values.");
  }

  @Override
  public final String code() {
    return "TXH-306";
  }
}
