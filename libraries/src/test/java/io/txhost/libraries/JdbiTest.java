package io.txhost.libraries;

import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** Jdbi's own transactions, of a Jdbi that knows nothing of a host. */
class JdbiTest extends DemarcatingLibrary.OfTheApplication {
  private Jdbi jdbi;

  @Override
  void openLibrary(DataSource enlisting) {
    jdbi = Jdbi.create(enlisting);
  }

  @Override
  void write(int id) {
    jdbi.useTransaction(handle -> handle.execute("insert into item (id) values (?)", id));
  }

  @Override
  void writeAndFail(int id) {
    jdbi.useTransaction(
        handle -> {
          handle.execute("insert into item (id) values (?)", id);
          throw new Oops();
        });
  }
}
