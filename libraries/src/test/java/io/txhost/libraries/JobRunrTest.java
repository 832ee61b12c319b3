package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobrunr.server.BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration;

import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.scheduling.JobScheduler;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.junit.jupiter.api.Test;

/** JobRunr: a job of a rolled-back transaction never runs. Issue 12, point 6. */
public class JobRunrTest extends LibraryFixture {
  private static final Map<String, CountDownLatch> AWAITED = new ConcurrentHashMap<>();
  private static final Set<String> RAN = ConcurrentHashMap.newKeySet();

  private JobScheduler scheduler;

  /** The job. */
  public static void note(String name) {
    RAN.add(name);
    AWAITED.computeIfAbsent(name, any -> new CountDownLatch(1)).countDown();
  }

  @Override
  Database openDatabase() {
    return Database.h2();
  }

  @Override
  void openLibrary() {
    scheduler =
        JobRunr.configure()
            .useStorageProvider(
                SqlStorageProviderFactory.using(JdbcAdapter.enlistingDataSource(host)))
            .useBackgroundJobServer(
                usingStandardBackgroundJobServerConfiguration()
                    .andPollIntervalInSeconds(5)
                    .andWorkerCount(1))
            .initialize()
            .getJobScheduler();
  }

  @Override
  void closeLibrary() {
    JobRunr.destroy();
  }

  private static void await(String name) throws InterruptedException {
    CountDownLatch latch = AWAITED.computeIfAbsent(name, any -> new CountDownLatch(1));
    assertThat(latch.await(40, TimeUnit.SECONDS)).as(name + " ran").isTrue();
  }

  @Test
  void aJobRunsIfItsTransactionCommitsAndNotBefore() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      scheduler.enqueue(() -> JobRunrTest.note("undone"));
                      throw new Oops();
                    }))
        .isInstanceOf(Oops.class);
    assertThat(numbers("select count(*) from jobrunr_jobs")).containsExactly(0);

    host.withTransaction(
        () -> {
          insert(2);
          scheduler.enqueue(() -> JobRunrTest.note("kept"));
          assertThat(numbers("select count(*) from jobrunr_jobs")).containsExactly(0);
        });
    scheduler.enqueue(() -> JobRunrTest.note("outside"));
    await("kept");
    await("outside");

    assertThat(RAN).containsExactlyInAnyOrder("kept", "outside");
    assertThat(rows()).containsExactly(2);
  }
}
