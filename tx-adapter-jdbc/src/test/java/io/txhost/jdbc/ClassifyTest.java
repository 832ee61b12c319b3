package io.txhost.jdbc;

import static io.txhost.spi.FailureKind.LOST;
import static io.txhost.spi.FailureKind.OTHER;
import static io.txhost.spi.FailureKind.TRANSIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.CannotBeginTransactionException;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionTimedOutException;
import io.txhost.spi.FailureKind;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClassifyTest {

  static Stream<Arguments> failures() {
    SQLException deadlock = new SQLException("", "40P01");
    SQLException batch = new BatchUpdateException("", "HY000", new int[0]);
    batch.setNextException(new SQLException("", "40001"));
    return Stream.of(
        Arguments.of(TRANSIENT, new SQLException("", "40001")),
        Arguments.of(TRANSIENT, deadlock),
        Arguments.of(TRANSIENT, new SQLException("", "HY000", 1213)),
        Arguments.of(TRANSIENT, new IllegalStateException(new RuntimeException(deadlock))),
        Arguments.of(TRANSIENT, batch),
        Arguments.of(TRANSIENT, new TransactionCommitException("", deadlock)),
        Arguments.of(LOST, new SQLException("", "40002")),
        Arguments.of(LOST, new SQLException("", "40003")),
        Arguments.of(LOST, new SQLException("", "08006")),
        Arguments.of(LOST, new SQLException("", "25P02")),
        Arguments.of(LOST, new SQLException("", "57P01")),
        Arguments.of(OTHER, new SQLException("", "HY000", 1205)),
        Arguments.of(
            OTHER,
            new com.mysql.cj.jdbc.exceptions.MySQLTransactionRollbackException("", "40001", 1205)),
        Arguments.of(TRANSIENT, new SQLException("", "40001", 1205)), // SQL Server's deadlock
        Arguments.of(OTHER, new SQLException("", "55P03")),
        Arguments.of(OTHER, new SQLException("", "23505")),
        Arguments.of(OTHER, new SQLException("")),
        Arguments.of(OTHER, new IllegalStateException("user")),
        Arguments.of(OTHER, new TransactionTimedOutException("", deadlock)),
        Arguments.of(OTHER, new CannotBeginTransactionException("", deadlock)),
        Arguments.of(OTHER, new CommitOutcomeUnknownException("", deadlock)),
        Arguments.of(
            OTHER, new IllegalStateException(new TransactionTimedOutException("", deadlock))));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void onlyWhatIsKnownToHelpIsTransient(FailureKind kind, Throwable failure) { // B9
    assertThat(JdbcAdapter.over(new JdbcDataSource()).classify(failure)).isEqualTo(kind);
  }

  @Test
  void causesThatFormARingEnd() {
    RuntimeException outer = new RuntimeException();
    outer.initCause(new RuntimeException(outer));

    assertThat(JdbcAdapter.over(new JdbcDataSource()).classify(outer)).isEqualTo(OTHER);
  }
}
