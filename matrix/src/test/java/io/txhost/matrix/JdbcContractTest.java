package io.txhost.matrix;

import io.txhost.tck.AdapterContract;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;

/** The contract for JDBC. */
final class JdbcContractTest extends OnEveryCombination {

  JdbcContractTest(Combination combination) {
    super(combination);
  }

  @Nested
  class Contract extends AdapterContract<Connection> {

    Contract() {
      super(new JdbcUnderTest());
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
