package io.txhost.matrix;

import java.util.Arrays;
import java.util.Objects;
import org.jdbi.v3.core.Jdbi;
import org.jooq.Constants;

/** The adapters, each with the test that runs the contract on it. */
enum Adapter {
  JDBC("JDBC", JdbcContractTest.class) {
    @Override
    String library() {
      return "of the JDK";
    }
  },
  JDBI("Jdbi", JdbiContractTest.class) {
    @Override
    String library() {
      return Objects.requireNonNull(Jdbi.class.getPackage().getImplementationVersion());
    }
  },
  JOOQ("jOOQ", JooqContractTest.class) {
    @Override
    String library() {
      try { // by reflection: javac would write down the version that it saw
        return (String) Constants.class.getField("FULL_VERSION").get(null);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  };

  private final String title;
  private final Class<?> test;

  Adapter(String title, Class<?> test) {
    this.title = title;
    this.test = test;
  }

  /** The version of the library that it is for, on this run's class path. */
  abstract String library();

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
