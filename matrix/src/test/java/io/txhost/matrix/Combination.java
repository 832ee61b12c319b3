package io.txhost.matrix;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * One cell of the matrix: every adapter meets every database through every kind of pool. So on the
 * oldest Java; a later one runs the same classes but for the carrier, which knows no connections:
 * there each two of them meet once.
 */
record Combination(Adapter adapter, DatabaseKind database, Pooling pooling) {

  /** Part of a combination's name: only those that have it run. */
  static final String ONLY = System.getProperty("matrix.only", "");

  private static final boolean IS_OLDEST_JAVA = Runtime.version().feature() == 17;

  /** Those that a whole run has on this Java. */
  static Stream<Combination> declared() {
    return all().filter(each -> IS_OLDEST_JAVA || each.isOneOfAPair());
  }

  static Stream<Combination> all() {
    return Arrays.stream(Adapter.values()).flatMap(Combination::of);
  }

  private static Stream<Combination> of(Adapter adapter) {
    return Arrays.stream(DatabaseKind.values())
        .flatMap(
            database ->
                Arrays.stream(Pooling.values())
                    .map(pooling -> new Combination(adapter, database, pooling)));
  }

  /** A pool for each adapter and database, so that each adapter and each database has all pools. */
  private boolean isOneOfAPair() {
    return pooling.ordinal() == (adapter.ordinal() + database.ordinal()) % Pooling.values().length;
  }

  /** One that is asked for by name runs on any Java. */
  private boolean isChosen() {
    return ONLY.isEmpty() ? declared().anyMatch(this::equals) : toString().contains(ONLY);
  }

  @Override
  public String toString() {
    return adapter + " on " + database + ", " + pooling;
  }

  /** The combinations of the adapter whose test it is. */
  static final class Source implements ArgumentsProvider {
    @Override
    public Stream<? extends Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) throws SQLException {
      List<Combination> chosen =
          of(Adapter.of(context.getRequiredTestClass())).filter(Combination::isChosen).toList();
      if (all().noneMatch(Combination::isChosen)) {
        throw new IllegalArgumentException("No combination's name has '" + ONLY + "' in it");
      }
      for (Combination combination : chosen) {
        combination.database().start();
      }
      return chosen.stream().map(Arguments::of);
    }
  }
}
