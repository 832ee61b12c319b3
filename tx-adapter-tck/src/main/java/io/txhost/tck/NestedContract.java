package io.txhost.tck;

import static io.txhost.tck.Rows.insertOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.NestedTransactionNotSupportedException;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** NESTED: savepoints. */
interface NestedContract<T> extends ContractTest<T> {

  @Test // A8
  default void nestedIsASavepointThatIsReleased() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              host().withTransaction(Propagation.NESTED, () -> insert(2));
              insert(3);
            });

    assertThat(recorder().transcript())
        .containsExactly("BEGIN", "SQL", "SAVEPOINT", "SQL", "RELEASE", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test // A8
  default void aCaughtFailureOfANestedBlockUndoesOnlyThatBlock() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              failNested(() -> insert(2));
              insert(3);
            });

    assertThat(recorder().transcript())
        .containsExactly(
            "BEGIN", "SQL", "SAVEPOINT", "SQL", "ROLLBACK TO", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 3);
  }

  @Test // A8, A24
  default void aStatementThatFailsInANestedBlockUndoesOnlyThatBlock() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              assertThat(
                      catchThrowable(
                          () ->
                              host()
                                  .withTransaction(
                                      Propagation.NESTED,
                                      () -> {
                                        insert(2);
                                        insert(1);
                                      })))
                  .isNotNull();
              insert(3);
            });

    assertThat(recorder().transcript())
        .containsExactly(
            "BEGIN",
            "SQL",
            "SAVEPOINT",
            "SQL",
            "SQL failed",
            "ROLLBACK TO",
            "SQL",
            "COMMIT",
            "CLOSE");
    assertThat(rows()).containsExactly(1, 3);
  }

  @Test // A8
  default void nestedBlocksGoThreeLevelsDeepAndEachUndoesItsOwn() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              host()
                  .withTransaction(
                      Propagation.NESTED,
                      () -> {
                        insert(2);
                        failNested(
                            () -> {
                              insert(3);
                              host().withTransaction(Propagation.NESTED, () -> insert(4));
                            });
                        insert(5);
                      });
            });

    assertThat(recorder().transcript())
        .containsExactly(
            "BEGIN",
            "SQL",
            "SAVEPOINT",
            "SQL",
            "SAVEPOINT",
            "SQL",
            "SAVEPOINT",
            "SQL",
            "RELEASE",
            "ROLLBACK TO",
            "SQL",
            "RELEASE",
            "COMMIT",
            "CLOSE");
    assertThat(rows()).containsExactly(1, 2, 5);
    assertThat(recorder().savepoints()).hasSize(3).doesNotHaveDuplicates();
  }

  @Test // A8
  default void nestedBlocksInSequenceEachHaveASavepointOfTheirOwn() throws Exception {
    host()
        .withTransaction(
            () -> {
              for (int id = 1; id <= 6; id += 2) {
                int kept = id;
                int undone = id + 1;
                host().withTransaction(Propagation.NESTED, () -> insert(kept));
                failNested(() -> insert(undone));
              }
            });

    List<String> pair = List.of("SAVEPOINT", "SQL", "RELEASE", "SAVEPOINT", "SQL", "ROLLBACK TO");
    List<String> expected = new ArrayList<>(List.of("BEGIN"));
    expected.addAll(pair);
    expected.addAll(pair);
    expected.addAll(pair);
    expected.addAll(List.of("COMMIT", "CLOSE"));
    assertThat(recorder().transcript()).isEqualTo(expected);
    assertThat(rows()).containsExactly(1, 3, 5);
    assertThat(recorder().savepoints()).hasSize(6).doesNotHaveDuplicates();
  }

  private void failNested(Failures.Block block) {
    IllegalStateException fromUser = new IllegalStateException("user");
    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        Propagation.NESTED,
                        () -> {
                          block.run();
                          throw fromUser;
                        }))
        .isSameAs(fromUser);
  }

  @Test // A8, A15
  default void aNestedBlockThatRanNoStatementSendsNothing() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              host().withTransaction(Propagation.NESTED, () -> underTest().touch(host().tx()));
              failNested(() -> underTest().touch(host().tx()));
              insert(2);
            });

    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A9
  default void nestedWithoutSavepointsIsRefusedBeforeTheWorkRuns() throws Exception {
    TransactionHost<T> plain =
        TransactionHost.create(WithoutSavepoints.over(underTest().adapterOver(recorder())));
    AtomicBoolean ran = new AtomicBoolean();

    plain.withTransaction(
        () -> {
          execute(plain.tx(), insertOf(1));
          assertThatThrownBy(() -> plain.withTransaction(Propagation.NESTED, () -> ran.set(true)))
              .isInstanceOf(NestedTransactionNotSupportedException.class);
        });

    assertThat(ran).isFalse();
    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1);
  }
}
