package io.txhost.benchmarks;

import org.jspecify.annotations.Nullable;

/** What one peer does in one {@link Case}. */
@FunctionalInterface
interface Scenario {

  /** What is measured, once. Its result is consumed. */
  @Nullable Object once() throws Throwable;

  /** What stands around all that is measured, such as the transaction that is open meanwhile. */
  default void around(Loop loop) throws Throwable {
    loop.run();
  }

  /** The same, inside something else. */
  default Scenario within(Surroundings surroundings) {
    Scenario inner = this;
    return new Scenario() {
      @Override
      public @Nullable Object once() throws Throwable {
        return inner.once();
      }

      @Override
      public void around(Loop loop) throws Throwable {
        surroundings.run(loop);
      }
    };
  }

  /** Many times. */
  @FunctionalInterface
  interface Loop {
    void run() throws Throwable;
  }

  /** Runs a loop inside something. */
  @FunctionalInterface
  interface Surroundings {
    void run(Loop loop) throws Throwable;
  }
}
