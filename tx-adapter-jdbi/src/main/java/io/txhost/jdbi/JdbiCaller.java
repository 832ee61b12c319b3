package io.txhost.jdbi;

import java.lang.StackWalker.StackFrame;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Which part of Jdbi is asking. Jdbi puts one question for several purposes and takes one answer:
 * {@code isInTransaction()} must be true for user code and for {@code handle.afterCommit}, and
 * false for {@code handle.inTransaction}, which else runs its callback bare and never asks the
 * transaction handler to nest. Only the stack tells them apart; it costs about a microsecond, and
 * neither a statement nor a transaction pays it.
 */
final class JdbiCaller {
  private static final StackWalker STACK = StackWalker.getInstance();
  private static final String OWN = JdbiCaller.class.getName();
  private static final String CONNECTION = HandleConnection.class.getName();
  private static final String HANDLE = Handle.class.getName();
  private static final String ISOLATION_SCOPE = HANDLE + "$SetTransactionIsolation";
  private static final String JDBI = Jdbi.class.getName();
  private static final String SQL_BATCH =
      "org.jdbi.v3.sqlobject.statement.internal.SqlBatchHandler";
  private static final String SQL_OBJECT_TRANSACTIONS = "org.jdbi.v3.sqlobject.transaction.";

  private JdbiCaller() {}

  /** The method of {@link Handle} that wants to know whether it is in a transaction, or "". */
  static String ofIsInTransaction() {
    return STACK.walk(
        frames -> {
          Iterator<StackFrame> asking = frames.dropWhile(frame -> !isHandle(frame)).iterator();
          if (!asking.hasNext()) {
            return "";
          }
          StackFrame first = asking.next();
          if (!first.getMethodName().equals("isInTransaction") || !asking.hasNext()) {
            return first.getMethodName();
          }
          StackFrame second = asking.next();
          return isHandle(second) ? second.getMethodName() : "";
        });
  }

  private static boolean isHandle(StackFrame frame) {
    return frame.getClassName().equals(HANDLE);
  }

  /** Whether {@code handle.inTransaction(level, ..)} is setting its level, or putting it back. */
  static boolean isIsolationScope() {
    return STACK.walk(frames -> beyondHandle(frames).equals(ISOLATION_SCOPE));
  }

  /** Whether a SqlObject's {@code @Transaction} is asking for its access mode. */
  static boolean isTransactionAnnotation() {
    return STACK.walk(frames -> beyondHandle(frames).startsWith(SQL_OBJECT_TRANSACTIONS));
  }

  /**
   * Whether {@code jdbi.withExtension(..)} asks for the scope's handle, as {@code onDemand} does
   * too. It tells the scope where its block begins and ends; {@code jdbi.withHandle(..)}, told the
   * same, would open a handle of its own.
   */
  static boolean isExtension() {
    return STACK.walk(
        frames ->
            frames
                .dropWhile(frame -> !frame.getClassName().equals(JDBI))
                .findFirst()
                .map(StackFrame::getMethodName)
                .filter("withExtension"::equals)
                .isPresent());
  }

  /** Whether a SqlObject's {@code @SqlBatch} is running a chunk in a transaction. */
  static boolean isSqlBatch() {
    return STACK.walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(SQL_BATCH)));
  }

  /** The class that called the handle that called our connection. */
  private static String beyondHandle(Stream<StackFrame> frames) {
    return frames
        .map(StackFrame::getClassName)
        .dropWhile(name -> name.equals(OWN) || name.equals(CONNECTION) || name.equals(HANDLE))
        .findFirst()
        .orElse("");
  }
}
