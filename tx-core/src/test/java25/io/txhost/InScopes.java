package io.txhost;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;

/** What tests of structured task scopes need: scopes, and forks in them. */
abstract class InScopes extends CoreTest {
  static Object open() {
    return StructuredTaskScope.open();
  }

  /** What the task gives, or throws, on a thread forked here. */
  static <R> R forked(Callable<R> task) throws Exception {
    try (var scope = StructuredTaskScope.open(StructuredTaskScope.Joiner.<R>awaitAll())) {
      StructuredTaskScope.Subtask<R> subtask = scope.fork(task);
      scope.join();
      if (subtask.state() == StructuredTaskScope.Subtask.State.FAILED) {
        throw RecordingAdapter.<RuntimeException>sneaky(subtask.exception());
      }
      return subtask.get();
    }
  }

  static Object fails(IOException failure) throws IOException {
    throw failure;
  }
}
