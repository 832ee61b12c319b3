package io.txhost.test;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.spi.ThreadName;
import org.jspecify.annotations.Nullable;

/**
 * Work that the test's transaction does not undo, or that nobody may have heard of.
 *
 * @param where the stack of what did it
 * @param source where it stays; null if nothing does
 */
record Escape(Kind kind, String message, Throwable where, @Nullable TestDataSource source) {

  enum Kind {
    COMMITTED,
    REFUSED,
    OUTSIDE
  }

  /** A write, where it is made; it is told when it is committed. */
  static Escape committed(TestDataSource source) {
    boolean onTestsThread = TestRun.isOpenHere();
    String message =
        (onTestsThread ? "TXH-721 " : "TXH-722 ")
            + "Another connection of "
            + source
            + " wrote and committed "
            + here()
            + (onTestsThread
                ? ", while the one of the test was in a transaction: REQUIRES_NEW does so, and so"
                    + " does code that takes a connection past its host. It is not undone. Give"
                    + " @TxTest(clean = ..) a script that removes it, or mode COMMIT_AND_CLEAN"
                : ", which is not the test's thread. It is not undone. Have the work run on the"
                    + " test's thread or in inParallel inside a boundary, or use @TxTest(mode ="
                    + " COMMIT_AND_CLEAN)");
    return new Escape(Kind.COMMITTED, message, new Throwable(message), source);
  }

  static Escape defined(TestDataSource source) {
    String message =
        "TXH-723 A statement that defines something was sent "
            + here()
            + ", and this database commits then: what the test wrote to "
            + source
            + " before is not undone. Create tables before the tests";
    return new Escape(Kind.COMMITTED, message, new Throwable(message), source);
  }

  static Escape refused(RuntimeException refusal) {
    String message =
        "TXH-724 A host refused work outside of a transaction "
            + here()
            + ", and the test may not have seen it: "
            + refusal.getMessage()
            + " Where the test expects the refusal, say @TxTest(escapes = ALLOW) on it";
    return new Escape(Kind.REFUSED, message, refusal, null);
  }

  static Escape outside(TestDataSource source) {
    String message =
        "TXH-725 A write to "
            + source
            + " was made outside any boundary "
            + here()
            + ": in production it commits by itself. Run it in host.withTransaction(..)";
    return new Escape(Kind.OUTSIDE, message, new Throwable(message), source);
  }

  private static String here() {
    Frame boundary = Carrier.current().boundary();
    return "on thread "
        + ThreadName.here()
        + (boundary == null ? ", in no boundary" : ", in " + boundary.shown());
  }
}
