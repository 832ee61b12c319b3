package io.txhost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.NestedTransactionNotSupportedException;
import io.txhost.Propagation;
import io.txhost.TransactionAlreadyActiveException;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionRequiredException;
import io.txhost.UnexpectedRollbackException;
import io.txhost.test.RecordingDataSource;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract's first part: where transactions begin, join, nest and end. */
abstract class BoundaryContract<T> extends ContractFixture<T> {

  @Test // A1
  void oneTransactionOfTwoRepositoriesIsOneConnectionOneBeginBothStatementsAndOneCommit()
      throws Exception {
    String result =
        host()
            .withTransaction(
                () -> {
                  insert(1);
                  insert(2);
                  return "result";
                });

    assertThat(result).isEqualTo("result");
    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(recorder().connectionsTaken()).isEqualTo(1);
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A2
  void outsideATransactionAReadIsOnAConnectionOfItsOwn() throws Exception {
    run(insertOf(1));
    T outside = host().tx();

    assertThat(queryForString(outside, "select count(*) from item")).isEqualTo("1");
    assertThat(recorder().connectionsOut()).isZero();
    assertThat(queryForString(outside, "select label from item")).isEqualTo("x");

    assertThat(recorder().numberedTranscript())
        .containsExactly("1 SQL", "1 CLOSE", "2 SQL", "2 CLOSE");
  }

  @Test // A2, B11
  void outsideATransactionAWriteIsRefusedBeforeAnythingIsSent() throws Exception {
    for (String sql : List.of(insertOf(1), "delete from item", "update item set label = 'y'")) {
      assertThatThrownBy(() -> execute(host().tx(), sql))
          .isExactlyInstanceOf(TransactionRequiredException.class)
          .hasMessageContaining("withTransaction")
          .hasMessageContaining("withoutTransaction")
          .hasMessageContaining("ALLOW");
    }

    assertThat(recorder().transcript()).doesNotContain("BEGIN", "SQL", "SQL failed");
    assertThat(recorder().connectionsOut()).isZero();
    assertThat(rows()).isEmpty();
  }

  @Test // A2
  void outsideATransactionAReadThatLocksIsRefusedBeforeAnythingIsSent() throws Exception {
    assertThatThrownBy(() -> ask("select label from item where id = 1 for update"))
        .isExactlyInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("locks");

    assertThat(recorder().transcript()).doesNotContain("BEGIN", "SQL", "SQL failed");
    assertThat(recorder().connectionsOut()).isZero();
    run(insertOf(1));
    assertThat(
            host()
                .<String, Exception>withTransaction(
                    () -> ask("select label from item where id = 1 for update")))
        .isEqualTo("x");
  }

  @Test // D13
  void aBareThreadWritesNothing() throws Exception {
    assertThat(
            catchThrowable(
                () ->
                    host()
                        .withTransaction(
                            () -> {
                              insert(1);
                              CompletableFuture.runAsync(() -> insertUnchecked(2)).join();
                            })))
        .hasRootCauseInstanceOf(TransactionRequiredException.class);

    assertThat(rows()).isEmpty();
  }

  private void insertUnchecked(int id) {
    try {
      insert(id);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test // A2
  void whereItIsPermittedEachStatementOutsideIsOnItsOwnAutoCommittedConnection() throws Exception {
    host()
        .withoutTransaction(
            () -> {
              T outside = host().tx();
              execute(outside, insertOf(1));
              assertThat(rows()).containsExactly(1);
              assertThat(recorder().connectionsOut()).isZero();

              execute(outside, insertOf(2));
              assertThat(ask("select count(*) from item")).isEqualTo("2");
            });

    assertThat(recorder().numberedTranscript())
        .containsExactly("1 SQL", "1 CLOSE", "2 SQL", "2 CLOSE", "3 SQL", "3 CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A2
  void aStatementThatFailsOutsideATransactionLeavesNoConnectionOut() throws Exception {
    host()
        .withoutTransaction(
            () -> {
              insert(1);
              assertThat(catchThrowable(() -> insert(1))).isNotNull();

              assertThat(recorder().connectionsOut()).isZero();
              insert(2);
            });
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A27
  void whatWasGotOutsideJoinsInsideAndIsOutsideAgainAfterwards() throws Exception {
    T kept = host().tx();
    IllegalStateException fromUser = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          execute(kept, insertOf(1));
                          insert(2);
                          assertThat(queryForString(kept, "select count(*) from item"))
                              .isEqualTo("2");
                          throw fromUser;
                        }))
        .isSameAs(fromUser);

    assertThat(recorder().transcript())
        .containsExactly("BEGIN", "SQL", "SQL", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
    assertThatThrownBy(() -> execute(kept, insertOf(3)))
        .isInstanceOf(TransactionRequiredException.class);
    host().withTransaction(() -> execute(kept, insertOf(4)));
    assertThat(rows()).containsExactly(4);
  }

  @Test // A27
  void whatWasGotInTheOuterTransactionIsRefusedInAnInnerOneOfItsOwn() throws Exception {
    host()
        .withTransaction(
            () -> {
              T outer = host().tx();
              execute(outer, insertOf(1));
              host()
                  .withTransaction(
                      Propagation.REQUIRES_NEW,
                      () -> {
                        assertThat(catchThrowable(() -> execute(outer, insertOf(2)))).isNotNull();
                        insert(3);
                      });
              execute(outer, insertOf(4));
            });

    assertThat(rows()).containsExactly(1, 3, 4);
  }

  @Test // A3
  void aCheckedExceptionRollsBackAndArrivesUnchanged() throws Exception {
    rollsBackAndArrivesUnchanged(new IOException("user"));
  }

  @Test // A3
  void anUncheckedExceptionRollsBackAndArrivesUnchanged() throws Exception {
    rollsBackAndArrivesUnchanged(new IllegalStateException("user"));
  }

  @Test // A3
  void anErrorRollsBackAndArrivesUnchanged() throws Exception {
    rollsBackAndArrivesUnchanged(new StackOverflowError("user"));
  }

  private void rollsBackAndArrivesUnchanged(Throwable fromUser) throws Exception {
    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          throw fromUser;
                        }))
        .isSameAs(fromUser)
        .hasNoSuppressedExceptions();
    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test // A3
  void aFailureExceptedFromRollbackCommitsAndIsThrownAllTheSame() throws Exception {
    IOException fromUser = new IOException("user");

    assertThatThrownBy(() -> insertAndThrow(fromUser, IOException.class)).isSameAs(fromUser);

    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1);
  }

  @Test // A3
  void whereTheCommitAfterAnExceptedFailureFailsThatIsThrownWithTheUsersSuppressed()
      throws Exception {
    IOException fromUser = new IOException("user");
    recorder().failNext(RecordingDataSource.Call.COMMIT, new SQLException("refused", "40001"));

    assertThatThrownBy(() -> insertAndThrow(fromUser, IOException.class))
        .isInstanceOf(TransactionCommitException.class)
        .hasSuppressedException(fromUser);

    assertThat(rows()).isEmpty();
  }

  private void insertAndThrow(Exception fromUser, Class<? extends Exception> excepted)
      throws Exception {
    host()
        .withTransaction(
            TransactionOptions.defaults().noRollbackFor(excepted),
            () -> {
              insert(1);
              throw fromUser;
            });
  }

  @ParameterizedTest // A5
  @EnumSource(names = {"REQUIRED", "SUPPORTS", "MANDATORY"})
  void aJoinerIsOnTheSameConnectionInTheSameTransactionOfTheDatabase(Propagation joining)
      throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              String connection = connectionId();
              String transaction = ask(database().transactionIdQuery());
              host()
                  .withTransaction(
                      joining,
                      () -> {
                        insert(2);
                        assertThat(connectionId()).isEqualTo(connection);
                        assertThat(ask(database().transactionIdQuery())).isEqualTo(transaction);
                      });
              assertThat(rows()).as("committed before the outer end").isEmpty();
            });

    assertThat(recorder().transcript())
        .containsExactly("BEGIN", "SQL", "SQL", "SQL", "SQL", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A6
  void requiresNewIsAnotherConnectionAndCommitsAlone() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              host().withTransaction(Propagation.REQUIRES_NEW, () -> insert(2));
              assertThat(rows()).containsExactly(2);
              insert(3);
            });

    assertThat(recorder().numberedTranscript())
        .containsExactly(
            "1 BEGIN",
            "1 SQL",
            "2 BEGIN",
            "2 SQL",
            "2 COMMIT",
            "2 CLOSE",
            "1 SQL",
            "1 COMMIT",
            "1 CLOSE");
    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test // A6
  void requiresNewRollsBackAloneAndTheOuterOneIsUsableAfterwards() throws Exception {
    IllegalStateException fromUser = new IllegalStateException("user");

    host()
        .withTransaction(
            () -> {
              insert(1);
              assertThatThrownBy(
                      () ->
                          host()
                              .withTransaction(
                                  Propagation.REQUIRES_NEW,
                                  () -> {
                                    insert(2);
                                    throw fromUser;
                                  }))
                  .isSameAs(fromUser);
              insert(3);
            });

    assertThat(recorder().numberedTranscript())
        .containsExactly(
            "1 BEGIN",
            "1 SQL",
            "2 BEGIN",
            "2 SQL",
            "2 ROLLBACK",
            "2 CLOSE",
            "1 SQL",
            "1 COMMIT",
            "1 CLOSE");
    assertThat(rows()).containsExactly(1, 3);
  }

  @Test // A6
  void requiresNewSurvivesTheRollbackOfTheOuterOne() throws Exception {
    IllegalStateException fromUser = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          host().withTransaction(Propagation.REQUIRES_NEW, () -> insert(2));
                          throw fromUser;
                        }))
        .isSameAs(fromUser);

    assertThat(rows()).containsExactly(2);
  }

  @Test // A7
  void whatNotSupportedWritesStaysThoughTheOuterOneRollsBack() throws Exception {
    survivesTheOuterRollback(
        () -> host().withTransaction(Propagation.NOT_SUPPORTED, this::insertWithoutTransaction));
  }

  @Test // A7
  void whatIsWrittenWithoutTransactionStaysThoughTheOuterOneRollsBack() throws Exception {
    survivesTheOuterRollback(() -> host().withoutTransaction(this::insertWithoutTransaction));
  }

  private void insertWithoutTransaction() throws Exception {
    assertThat(host().isTransactionActive()).isFalse();
    insert(2);
    assertThat(rows()).containsExactly(2);
  }

  private void survivesTheOuterRollback(Block without) throws Exception {
    IllegalStateException fromUser = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          without.run();
                          assertThat(host().isTransactionActive()).isTrue();
                          insert(3);
                          throw fromUser;
                        }))
        .isSameAs(fromUser);

    assertThat(recorder().numberedTranscript())
        .containsExactly("1 BEGIN", "1 SQL", "2 SQL", "2 CLOSE", "1 SQL", "1 ROLLBACK", "1 CLOSE");
    assertThat(rows()).containsExactly(2);
  }

  @Test // A8
  void nestedIsASavepointThatIsReleased() throws Exception {
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
  void aCaughtFailureOfANestedBlockUndoesOnlyThatBlock() throws Exception {
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
  void aStatementThatFailsInANestedBlockUndoesOnlyThatBlock() throws Exception {
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
  void nestedBlocksGoThreeLevelsDeepAndEachUndoesItsOwn() throws Exception {
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
  void nestedBlocksInSequenceEachHaveASavepointOfTheirOwn() throws Exception {
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

  private void failNested(Block block) {
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
  void aNestedBlockThatRanNoStatementSendsNothing() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              host().withTransaction(Propagation.NESTED, () -> touch(host().tx()));
              failNested(() -> touch(host().tx()));
              insert(2);
            });

    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A9
  void nestedWithoutSavepointsIsRefusedBeforeTheWorkRuns() throws Exception {
    TransactionHost<T> plain =
        TransactionHost.create(WithoutSavepoints.over(adapterOver(recorder())));
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

  @Test // A10
  void mandatoryWithNoneActiveIsRefusedAndNothingIsExecuted() throws Exception {
    AtomicBoolean ran = new AtomicBoolean();

    assertThatThrownBy(() -> host().withTransaction(Propagation.MANDATORY, () -> ran.set(true)))
        .isInstanceOf(TransactionRequiredException.class);

    assertThat(ran).isFalse();
    assertThat(recorder().transcript()).isEmpty();
  }

  @Test // A10
  void neverWithOneActiveIsRefusedAndNothingIsExecuted() throws Exception {
    AtomicBoolean ran = new AtomicBoolean();

    host()
        .withTransaction(
            () -> {
              insert(1);
              assertThatThrownBy(
                      () -> host().withTransaction(Propagation.NEVER, () -> ran.set(true)))
                  .isInstanceOf(TransactionAlreadyActiveException.class);
            });

    assertThat(ran).isFalse();
    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "COMMIT", "CLOSE");
  }

  @Test // A11
  void aJoinersFailureThatTheCallerSwallowedRollsBackAndIsReportedAsTheCause() throws Exception {
    IOException first = new IOException("first");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          swallowJoined(first);
                          swallowJoined(new IOException("second"));
                        }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(first);

    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  private void swallowJoined(IOException failure) {
    assertThat(
            catchThrowable(
                () ->
                    host()
                        .withTransaction(
                            () -> {
                              throw failure;
                            })))
        .isNotNull();
  }

  @Test // A15
  void aTransactionThatRanNoStatementTookNoConnectionOfAnExhaustedPool() throws Exception {
    useAPool(poolOptions().size(1));
    try (var held = pool().getConnection()) {
      assertThat(held).isNotNull();
      host()
          .withTransaction(
              () -> {
                touch(host().tx());
                for (int i = 0; i < 3; i++) {
                  host().withTransaction(Propagation.NESTED, () -> touch(host().tx()));
                }
                host().withTransaction(() -> touch(host().tx()));
              });
      assertThatThrownBy(
              () ->
                  host()
                      .withTransaction(
                          () -> {
                            touch(host().tx());
                            throw new IOException("user");
                          }))
          .isInstanceOf(IOException.class);
    }

    assertThat(recorder().connectionsTaken()).isZero();
    assertThat(recorder().transcript()).isEmpty();
  }

  @Test // A16
  void theResourceOfAnEndedTransactionRefuses() throws Exception {
    T kept =
        host()
            .withTransaction(
                () -> {
                  insert(1);
                  return host().tx();
                });
    recorder().clear();

    assertSays(catchThrowable(() -> execute(kept, insertOf(2))), "host.tx()");

    assertThat(recorder().connectionsTaken()).isZero();
    assertThat(recorder().transcript()).isEmpty();
    assertThat(rows()).containsExactly(1);
  }

  @Test // A16
  void theResourceOfAnEndedTransactionNeverReachesAnotherOnesConnection() throws Exception {
    useAPool(poolOptions().size(1));
    T kept =
        host()
            .withTransaction(
                () -> {
                  insert(1);
                  return host().tx();
                });

    host()
        .withTransaction(
            () -> {
              insert(2);
              assertThat(catchThrowable(() -> execute(kept, insertOf(3)))).isNotNull();
              assertThat(catchThrowable(() -> queryForString(kept, "select 1"))).isNotNull();
              insert(4);
            });

    assertThat(rows()).containsExactly(1, 2, 4);
  }

  @Test // A17, A29
  void rawTransactionCallsInsideATransactionAreRefusedAndKeepNothing() throws Exception {
    for (Map.Entry<String, ResourceCall<T>> each : rawTransactionCalls().entrySet()) {
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
  void changesOfStateInsideATransactionAreRefusedAndChangeNothing() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              changesOfState()
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
  void aRefusedCallInANestedBlockUndoesThatBlockAlone() throws Exception {
    ResourceCall<T> first = rawTransactionCalls().values().iterator().next();

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
  void changesOfStateOutsideAreRefused() throws Exception {
    changesOfState()
        .forEach(
            (name, call) ->
                assertThat(catchThrowable(() -> call.on(host().tx())))
                    .as("refusal of " + name)
                    .isNotNull());

    assertThat(recorder().connectionsOut()).isZero();
  }

  @Test // A21
  void rawTransactionCallsOutsideAreRefusedAndNameTheWayOut() throws Exception {
    rawTransactionCalls()
        .forEach(
            (name, call) ->
                assertSays(catchThrowable(() -> call.on(host().tx())), "withTransaction"));

    assertThat(recorder().transcript()).doesNotContain("BEGIN", "SQL", "COMMIT", "ROLLBACK");
    assertThat(recorder().connectionsOut()).isZero();
  }

  @Test // A21
  void metadataCanBeAskedForOutsideAndNothingStaysOut() throws Exception {
    assertThat(productName(host().tx())).isNotBlank();

    assertThat(recorder().connectionsOut()).isZero();
  }

  @Test // A23
  void allViewsOfOneHostInOneBodyAreOneConnectionAndOneCommit() throws Exception {
    int count = viewsOfOneHost(recorder()).size();
    for (int i = 0; i < count; i++) {
      List<HostView> views = viewsOfOneHost(recorder());
      HostView boundary = views.get(i);
      run("delete from item");
      recorder().clear();

      boundary.host().withTransaction(() -> insertThroughEach(views));

      assertThat(recorder().connectionsTaken()).as(boundary.name()).isEqualTo(1);
      assertThat(recorder().transcript()).as(boundary.name()).isEqualTo(oneTransactionOf(views));
      assertThat(rows()).as(boundary.name()).hasSize(count);
    }
  }

  @Test // A23
  void aFailureInAnyViewUndoesWhatAllViewsDid() throws Exception {
    List<HostView> views = viewsOfOneHost(recorder());
    for (HostView failing : views) {
      Throwable failure =
          catchThrowable(
              () ->
                  views
                      .get(0)
                      .host()
                      .withTransaction(
                          () -> {
                            insertThroughEach(views);
                            failing.runner().execute("insert into nowhere values (1)");
                          }));

      assertThat(failure).as(failing.name()).isNotNull();
      assertThat(rows()).as(failing.name()).isEmpty();
    }
  }

  private static void insertThroughEach(List<HostView> views) throws Exception {
    for (int i = 0; i < views.size(); i++) {
      views.get(i).runner().execute(insertOf(i + 1));
    }
  }

  private static List<String> oneTransactionOf(List<HostView> views) {
    List<String> expected = new ArrayList<>(List.of("BEGIN"));
    views.forEach(view -> expected.add("SQL"));
    expected.addAll(List.of("COMMIT", "CLOSE"));
    return expected;
  }
}
