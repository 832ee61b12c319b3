package io.txhost;

import io.txhost.internal.Captured;
import io.txhost.internal.Carrier;
import io.txhost.internal.DetachedFrame;
import io.txhost.internal.Frame;
import io.txhost.spi.ThreadName;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What is active on the calling thread for one host, as a tree, the outermost first. */
final class Description {
  private Description() {}

  static String of(Engine<?> engine) {
    Deque<String> lines = new ArrayDeque<>();
    for (Frame f = Carrier.current().boundary(); f != null; f = f.outerBoundary()) {
      if (f instanceof DetachedFrame detached) {
        addCaptured(lines, detached.of(engine));
        break;
      }
      if (f instanceof Boundary boundary && boundary.engine == engine) {
        lines.addFirst(line(boundary));
      }
    }
    return tree(engine, lines);
  }

  private static void addCaptured(Deque<String> lines, @Nullable Captured captured) {
    if (captured != null) {
      lines.addFirst(
          "detached from "
              + captured.transaction()
              + ", captured on thread "
              + captured.thread()
              + " in boundary '"
              + captured.boundary()
              + "'");
    }
  }

  private static String tree(Engine<?> engine, Deque<String> lines) {
    StringBuilder text =
        new StringBuilder().append(engine).append(" on thread ").append(ThreadName.here());
    if (lines.isEmpty()) {
      return text.append(": no transaction").toString();
    }
    String indent = "";
    for (String line : lines) {
      text.append('\n').append(indent).append("└─ ").append(line);
      indent += "   ";
    }
    return text.toString();
  }

  private static String line(Boundary boundary) {
    StringBuilder text = new StringBuilder(boundary.toString());
    ActiveTransaction transaction = boundary.transaction;
    if (transaction == null) {
      return text.toString();
    }
    text.append(": ").append(transaction.phase()).append(", ").append(boundary.isolation());
    if (boundary.isReadOnly()) {
      text.append(", read-only");
    }
    if (boundary.block != null && boundary.block.isMarked()) {
      text.append(", rollback-only since ").append(boundary.block.reason());
    }
    boundary
        .remainingTime()
        .ifPresent(left -> text.append(", ").append(left.toMillis()).append(" ms left"));
    return text.append(transaction.isHolding() ? ", holds a connection" : ", holds no connection")
        .toString();
  }
}
