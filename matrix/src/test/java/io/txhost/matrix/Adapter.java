package io.txhost.matrix;

import java.util.Arrays;

/** The adapters, each with the test that runs the contract on it. */
enum Adapter {
  JDBC("JDBC", JdbcContractTest.class),
  JDBI("Jdbi", JdbiContractTest.class);

  private final String title;
  private final Class<?> test;

  Adapter(String title, Class<?> test) {
    this.title = title;
    this.test = test;
  }

  static Adapter of(Class<?> test) {
    return Arrays.stream(values())
        .filter(adapter -> adapter.test == test)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(test + " is no adapter's: declare it here"));
  }

  @Override
  public String toString() {
    return title;
  }
}
