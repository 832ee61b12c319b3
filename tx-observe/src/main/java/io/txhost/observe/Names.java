package io.txhost.observe;

/** How threads are called. */
final class Names {
  private Names() {}

  /** A virtual thread mostly has no name, and is told by its number. */
  static String of(Thread thread) {
    String name = thread.getName();
    return name.isEmpty() ? "#" + thread.getId() : name;
  }
}
