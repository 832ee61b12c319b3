package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/** jOOQ's own transactions, of a DSLContext that knows nothing of a host. */
class JooqTest extends DemarcatingLibrary.OfTheApplication {
  private DSLContext dsl;

  @Override
  void openLibrary(DataSource enlisting) {
    dsl = DSL.using(enlisting, SQLDialect.POSTGRES);
  }

  @Override
  void write(int id) {
    dsl.transaction(tx -> tx.dsl().execute("insert into item (id) values (?)", id));
  }

  @Override
  void writeAndFail(int id) {
    dsl.transaction(
        tx -> {
          tx.dsl().execute("insert into item (id) values (?)", id);
          throw new Oops();
        });
  }

  @Test
  void aNestedTransactionOfItsOwnIsASavepointInside() throws Exception {
    host.withTransaction(
        () ->
            dsl.transaction(
                outer -> {
                  outer.dsl().execute("insert into item (id) values (1)");
                  assertThatThrownBy(
                          () ->
                              outer
                                  .dsl()
                                  .transaction(
                                      inner -> {
                                        inner.dsl().execute("insert into item (id) values (2)");
                                        throw new Oops();
                                      }))
                      .isInstanceOf(Oops.class);
                }));

    assertThat(rows()).containsExactly(1);
  }
}
