package io.txhost.tck;

import static io.txhost.tck.Failures.assertSays;
import static io.txhost.tck.Failures.everythingIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Propagation;
import io.txhost.UnexpectedRollbackException;
import io.txhost.tck.AdapterUnderTest.ResourceCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The resource's own calls that only the host may make. */
interface RefusedCallsContract<T> extends ContractTest<T> {

  @Test // A17, A29
  default void rawTransactionCallsInsideATransactionAreRefusedAndKeepNothing() throws Exception {
    for (Map.Entry<String, ResourceCall<T>> each : underTest().rawTransactionCalls().entrySet()) {
      String name = each.getKey();
      List<Throwable> refusals = new ArrayList<>();
      recorder().clear();
      Throwable end =
          catchThrowable(
              () ->
                  host()
                      .withTransaction(
                          () -> {
                            insert(1);
                            refusals.add(catchThrowable(() -> each.getValue().on(host().tx())));
                            insert(2);
                          }));

      assertThat(refusals).as("refusal of " + name).doesNotContainNull();
      assertThat(end).as("end after " + name).isInstanceOf(UnexpectedRollbackException.class);
      assertThat(everythingIn(refusals.get(0)))
          .as("the refusal of %s and its causes", name)
          .contains(end.getCause());
      assertThat(recorder().transcript())
          .as(name)
          .containsExactly("BEGIN", "SQL", "SQL", "ROLLBACK", "CLOSE");
      assertThat(rows()).as("rows after " + name).isEmpty();
    }
  }

  @Test // A17
  default void changesOfStateInsideATransactionAreRefusedAndChangeNothing() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              underTest()
                  .changesOfState()
                  .forEach(
                      (name, call) ->
                          assertThat(catchThrowable(() -> call.on(host().tx())))
                              .as("refusal of " + name)
                              .isNotNull());
              insert(2);
              assertThat(rows()).isEmpty();
            });

    assertThat(recorder().transcript()).startsWith("BEGIN", "SQL").endsWith("COMMIT", "CLOSE");
    assertThat(recorder().transcript()).doesNotContain("SET");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A29
  default void aRefusedCallInANestedBlockUndoesThatBlockAlone() throws Exception {
    ResourceCall<T> first = underTest().rawTransactionCalls().values().iterator().next();

    host()
        .withTransaction(
            () -> {
              insert(1);
              assertThatThrownBy(
                      () ->
                          host()
                              .withTransaction(
                                  Propagation.NESTED,
                                  () -> {
                                    insert(2);
                                    assertThat(catchThrowable(() -> first.on(host().tx())))
                                        .isNotNull();
                                  }))
                  .isInstanceOf(UnexpectedRollbackException.class);
              insert(3);
            });

    assertThat(rows()).containsExactly(1, 3);
  }

  @Test // A21
  default void changesOfStateOutsideAreRefused() throws Exception {
    underTest()
        .changesOfState()
        .forEach(
            (name, call) ->
                assertThat(catchThrowable(() -> call.on(host().tx())))
                    .as("refusal of " + name)
                    .isNotNull());

    assertThat(recorder().connectionsOut()).isZero();
  }

  @Test // A21
  default void rawTransactionCallsOutsideAreRefusedAndNameTheWayOut() throws Exception {
    underTest()
        .rawTransactionCalls()
        .forEach(
            (name, call) ->
                assertSays(catchThrowable(() -> call.on(host().tx())), "withTransaction"));

    assertThat(recorder().transcript()).doesNotContain("BEGIN", "SQL", "COMMIT", "ROLLBACK");
    assertThat(recorder().connectionsOut()).isZero();
  }
}
