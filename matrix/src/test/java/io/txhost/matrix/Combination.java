package io.txhost.matrix;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** One cell of the matrix: every adapter meets every database through every kind of pool. */
record Combination(Adapter adapter, DatabaseKind database, Pooling pooling) {

  /** Part of a combination's name: only those that have it run. */
  static final String ONLY = System.getProperty("matrix.only", "");

  static Stream<Combination> declared() {
    return Arrays.stream(Adapter.values()).flatMap(Combination::of);
  }

  private static Stream<Combination> of(Adapter adapter) {
    return Arrays.stream(DatabaseKind.values())
        .flatMap(
            database ->
                Arrays.stream(Pooling.values())
                    .map(pooling -> new Combination(adapter, database, pooling)));
  }

  private boolean isChosen() {
    return toString().contains(ONLY);
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
      if (declared().noneMatch(Combination::isChosen)) {
        throw new IllegalArgumentException("No combination's name has '" + ONLY + "' in it");
      }
      for (Combination combination : chosen) {
        combination.database().start();
      }
      return chosen.stream().map(Arguments::of);
    }
  }
}
