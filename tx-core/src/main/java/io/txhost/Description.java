package io.txhost;

import io.txhost.internal.CapturedTransaction;
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

  static String of(HostSetup host) {
    Deque<String> lines = new ArrayDeque<>();
    for (Frame f = Carrier.current().boundary(); f != null; f = f.outerBoundary()) {
      if (f instanceof DetachedFrame detached) {
        addCaptured(lines, detached.of(host));
        break;
      }
      if (f instanceof Boundary boundary && boundary.host == host) {
        lines.addFirst(line(boundary));
      }
    }
    return tree(host, lines);
  }

  private static void addCaptured(Deque<String> lines, @Nullable CapturedTransaction captured) {
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

  private static String tree(HostSetup host, Deque<String> lines) {
    StringBuilder text =
        new StringBuilder().append(host).append(" on thread ").append(ThreadName.here());
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
    StringBuilder text = new StringBuilder(boundary.shown());
    if (boundary instanceof Inside inside) {
      append(text, inside);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Inside inside) {
    ActiveTransaction transaction = inside.transaction;
    text.append(": ").append(transaction.phase()).append(", ").append(transaction.isolation());
    if (transaction.isReadOnly()) {
      text.append(", read-only");
    }
    if (inside.block().isMarked()) {
      text.append(", rollback-only since ").append(inside.block().reason());
    }
    if (inside.deadline != null) {
      text.append(", ").append(inside.deadline.remaining().toMillis()).append(" ms left");
    }
    text.append(transaction.holding ? ", holds a connection" : ", holds no connection");
  }
}
