package io.txhost.test;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.spi.ThreadName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Something that a test left behind, and has been taken away since. */
record Leftover(String message, Optional<Throwable> opener) {

  /**
   * Fails the test if something was found.
   *
   * @param title said before what was found
   */
  static void report(String title, List<Leftover> found) {
    if (!found.isEmpty()) {
      StringBuilder message = new StringBuilder(title);
      found.forEach(leftover -> message.append("\n  ").append(leftover.message()));
      AssertionError failure = new AssertionError(message.toString());
      found.stream()
          .flatMap(leftover -> leftover.opener().stream())
          .forEach(failure::addSuppressed);
      throw failure;
    }
  }

  /** The frames of the calling thread down to the given one, which is current afterwards. */
  static List<Leftover> framesAbove(Frame before) {
    List<Leftover> found = new ArrayList<>();
    for (Frame frame = Carrier.current();
        frame != before && frame != Frame.ROOT;
        frame = Carrier.current()) {
      RuntimeException opener = frame.leftOpenIn(before);
      frame.abandon(opener); // a transaction is rolled back, and its connection goes home
      found.add(new Leftover(describe(frame), Optional.of(opener)));
    }
    return found;
  }

  private static String describe(Frame frame) {
    return "TXH-701 The test is over, and "
        + frame
        + " is still open on thread "
        + ThreadName.here()
        + ": the test, or what it called, opened it by begin() and never ended it. It was rolled back"
        + " for the tests that follow. Open it in a try-with-resources";
  }

  /** The connections that are out of the recorder, which are closed afterwards. */
  static List<Leftover> connectionsOf(RecordingDataSource recorder) {
    List<Leftover> found = new ArrayList<>();
    for (RecordedConnection left : recorder.stillOut()) {
      String message =
          "TXH-702 "
              + left.takenBy().getMessage()
              + " from "
              + recorder
              + " and never returned: close it"
              + giveBack(left.proxy());
      found.add(new Leftover(message, Optional.of(left.takenBy())));
    }
    return found;
  }

  private static String giveBack(Connection connection) {
    try (connection) {
      if (!connection.isClosed() && !connection.getAutoCommit()) {
        connection.rollback();
      }
      return "";
    } catch (SQLException e) {
      return " (closing it now failed: " + e.getMessage() + ")";
    }
  }
}
