package io.txhost.matrix;

import io.txhost.tck.LibraryTransactionContract;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Nested;

/** The contract for Jdbi. */
final class JdbiContractTest extends OnEveryCombination {

  JdbiContractTest(Combination combination) {
    super(combination);
  }

  @Nested
  class Contract extends LibraryTransactionContract<Handle> {

    Contract() {
      super(new JdbiUnderTest());
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
