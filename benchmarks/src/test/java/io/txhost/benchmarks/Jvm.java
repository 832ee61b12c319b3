package io.txhost.benchmarks;

/**
 * The Java that something ran on, and what carries a boundary there.
 *
 * @param feature 17 or 25
 * @param threadLocal whether it is carried by a thread-local; always, before 25
 */
record Jvm(int feature, boolean threadLocal) {

  static Jvm here() {
    int feature = Runtime.version().feature();
    boolean asked = "thread-local".equals(System.getProperty("txhost.carrier"));
    return new Jvm(feature, feature < 25 || asked);
  }

  String id() {
    return "java" + feature + (feature < 25 ? "" : threadLocal ? "-tl" : "-sv");
  }

  String carrier() {
    return threadLocal ? "thread-local" : "scoped-value";
  }

  @Override
  public String toString() {
    return "Java " + feature + (feature < 25 ? "" : threadLocal ? ", TL" : ", SV");
  }
}
