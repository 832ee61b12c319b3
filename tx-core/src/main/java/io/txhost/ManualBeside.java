package io.txhost;

import org.jspecify.annotations.Nullable;

/** A boundary that is ended by hand, where a bridge goes along with it, or has opened it itself. */
final class ManualBeside extends ManualBoundary {
  private final @Nullable Crossed crossed;
  private final @Nullable Runnable abandoned;

  /** Installs a boundary, and tells the bridge of it if there is one. */
  static ManualBoundary install(Boundary boundary) {
    Crossed crossed = Crossed.open(boundary);
    ManualBoundary manual =
        crossed == null ? new ManualBoundary(boundary) : new ManualBeside(boundary, crossed, null);
    return manual.install();
  }

  /**
   * @param crossed null if the bridge has opened it itself
   * @param abandoned what is done first where what is around it ends; null if nothing is
   */
  ManualBeside(Boundary boundary, @Nullable Crossed crossed, @Nullable Runnable abandoned) {
    super(boundary);
    this.crossed = crossed;
    this.abandoned = abandoned;
  }

  @Override
  void run(boolean keeps, Runnable how) {
    if (crossed == null) {
      super.run(keeps, how);
    } else {
      crossed.end(keeps, how);
    }
  }

  @Override
  void abandon(Throwable failure) {
    if (abandoned != null) {
      try {
        abandoned.run();
      } catch (Throwable beside) {
        Failures.suppress(failure, beside);
      }
    }
    super.abandon(failure);
  }
}
