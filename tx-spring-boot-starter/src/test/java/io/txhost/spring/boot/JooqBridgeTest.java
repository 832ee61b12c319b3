package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static io.txhost.spring.boot.Applications.items;
import static io.txhost.spring.boot.Applications.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicReference;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** jOOQ's own calls, in a transaction that Spring, the host or jOOQ itself has begun. */
@ExtendWith(NothingLeftBehind.class)
final class JooqBridgeTest {

  private enum Begins {
    SPRING {
      @Override
      void run(ApplicationContext context, Runnable work) {
        context.getBean(TransactionTemplate.class).executeWithoutResult(status -> work.run());
      }
    },
    HOST {
      @Override
      void run(ApplicationContext context, Runnable work) {
        host(context, Connection.class).withTransaction(work::run);
      }
    },
    JOOQ {
      @Override
      void run(ApplicationContext context, Runnable work) {
        context.getBean(DSLContext.class).transaction(configuration -> work.run());
      }
    };

    abstract void run(ApplicationContext context, Runnable work);
  }

  @ParameterizedTest
  @EnumSource
  void itsTransactionInsideIsASavepointOfTheOneTransaction(Begins begins) {
    Applications.withPool()
        .run(
            context -> {
              table(context);
              begins.run(
                  context,
                  () -> {
                    springWrites(context, 1);
                    assertThatThrownBy(() -> jooqWrites(context, 2, true)).hasMessage("asked");
                    jooqWrites(context, 3, false);
                    assertThat(seenByJooq(context)).isEqualTo(2);
                    assertThat(items(context)).isZero();
                  });
              assertThat(items(context)).isEqualTo(2);
            });
  }

  @ParameterizedTest
  @EnumSource
  void whatFailsUndoesBoth(Begins begins) {
    Applications.withPool()
        .run(
            context -> {
              table(context);
              assertThatThrownBy(
                      () ->
                          begins.run(
                              context,
                              () -> {
                                springWrites(context, 1);
                                jooqWrites(context, 2, false);
                                throw new IllegalStateException("asked");
                              }))
                  .hasMessage("asked");
              assertThat(items(context)).isZero();
            });
  }

  @ParameterizedTest
  @EnumSource
  void aCursorIsReadInTheTransactionAndNotAfterIt(Begins begins) {
    Applications.withPool()
        .run(
            context -> {
              table(context);
              DSLContext dsl = context.getBean(DSLContext.class);
              AtomicReference<Cursor<Record>> left = new AtomicReference<>();
              begins.run(
                  context,
                  () -> {
                    springWrites(context, 1);
                    springWrites(context, 2);
                    try (Cursor<Record> rows = dsl.fetchLazy("select id from item order by id")) {
                      assertThat(rows.fetchNext()).isNotNull();
                      springWrites(context, 3); // on the connection that the cursor is read by
                      assertThat(rows.fetch()).hasSize(1);
                    }
                    left.set(dsl.fetchLazy("select id from item"));
                  });
              assertThat(items(context)).isEqualTo(3);
              assertThatThrownBy(() -> left.get().fetchNext()).isInstanceOf(RuntimeException.class);
            });
  }

  private static void springWrites(ApplicationContext context, int id) {
    assertThat(TransactionSynchronizationManager.isActualTransactionActive()).isTrue();
    context.getBean(JdbcTemplate.class).update("insert into item values (?)", id);
  }

  private static void jooqWrites(ApplicationContext context, int id, boolean fails) {
    context
        .getBean(DSLContext.class)
        .transaction(
            configuration -> {
              configuration.dsl().execute("insert into item values (?)", id);
              springSees(context, id);
              if (fails) {
                throw new IllegalStateException("asked");
              }
            });
  }

  private static void springSees(ApplicationContext context, int id) {
    assertThat(
            context
                .getBean(JdbcTemplate.class)
                .queryForObject("select count(*) from item where id = ?", Integer.class, id))
        .isEqualTo(1);
  }

  private static Integer seenByJooq(ApplicationContext context) {
    return context
        .getBean(DSLContext.class)
        .fetchOne("select count(*) from item")
        .into(Integer.class);
  }
}
