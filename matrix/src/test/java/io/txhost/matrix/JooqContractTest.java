package io.txhost.matrix;

import io.txhost.tck.LibraryTransactionContract;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.sql.SQLException;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.Nested;

/** The contract for jOOQ. */
final class JooqContractTest extends OnEveryCombination {

  JooqContractTest(Combination combination) {
    super(combination);
  }

  private SQLDialect dialect() {
    return switch (combination.database()) {
      case H2 -> SQLDialect.H2;
      case POSTGRES_18, POSTGRES_16 -> SQLDialect.POSTGRES;
      case MARIADB_11, MARIADB_11_THROUGH_MYSQL -> SQLDialect.MARIADB;
    };
  }

  @Nested
  class Contract extends LibraryTransactionContract<DSLContext> {

    Contract() {
      super(new JooqUnderTest(dialect()));
    }

    @Override
    protected Database openDatabase() throws SQLException {
      return combination.database().open();
    }

    @Override
    public PoolOptions poolOptions() {
      return combination.pooling().of(super.poolOptions());
    }
  }
}
