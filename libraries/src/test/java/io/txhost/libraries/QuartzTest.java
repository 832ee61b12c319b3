package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/** Quartz with JobStoreTX: a job of a rolled-back transaction never runs. Issue 12, point 6. */
class QuartzTest extends LibraryFixture {
  private static final Map<String, CountDownLatch> AWAITED = new ConcurrentHashMap<>();
  private static final Set<String> RAN = ConcurrentHashMap.newKeySet();

  private Scheduler scheduler;

  /** Notes that it ran. */
  public static final class Noting implements Job {
    @Override
    public void execute(JobExecutionContext execution) {
      String name = execution.getJobDetail().getKey().getName();
      RAN.add(name);
      AWAITED.computeIfAbsent(name, any -> new CountDownLatch(1)).countDown();
    }
  }

  @Override
  Database openDatabase() {
    return Database.h2();
  }

  @Override
  void openLibrary() throws Exception {
    try (InputStream tables =
        Job.class.getResourceAsStream("/org/quartz/impl/jdbcjobstore/tables_h2.sql")) {
      for (String sql : new String(tables.readAllBytes(), StandardCharsets.UTF_8).split(";")) {
        if (!sql.isBlank() && !sql.strip().equalsIgnoreCase("commit")) {
          apart(sql);
        }
      }
    }
    DBConnectionManager.getInstance()
        .addConnectionProvider("enlisting", new Provider(JdbcAdapter.enlistingDataSource(host)));
    Properties properties = new Properties();
    properties.put("org.quartz.scheduler.instanceName", "enlisted");
    properties.put("org.quartz.scheduler.idleWaitTime", "1000"); // the least; 30 s unless set
    properties.put("org.quartz.threadPool.threadCount", "1");
    properties.put("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
    properties.put(
        "org.quartz.jobStore.driverDelegateClass", "org.quartz.impl.jdbcjobstore.StdJDBCDelegate");
    properties.put("org.quartz.jobStore.dataSource", "enlisting");
    scheduler = new StdSchedulerFactory(properties).getScheduler();
    scheduler.start();
  }

  private record Provider(DataSource dataSource) implements ConnectionProvider {
    @Override
    public Connection getConnection() throws java.sql.SQLException {
      return dataSource.getConnection();
    }

    @Override
    public void shutdown() {
      // the pool is the test's
    }

    @Override
    public void initialize() {
      // it is open
    }
  }

  @Override
  void closeLibrary() throws SchedulerException {
    if (scheduler != null) {
      scheduler.shutdown(true);
    }
  }

  private void schedule(String name) throws SchedulerException {
    JobDetail job = JobBuilder.newJob(Noting.class).withIdentity(name).build();
    scheduler.scheduleJob(job, TriggerBuilder.newTrigger().startNow().build());
  }

  private static void await(String name) throws InterruptedException {
    CountDownLatch latch = AWAITED.computeIfAbsent(name, any -> new CountDownLatch(1));
    assertThat(latch.await(30, TimeUnit.SECONDS)).as(name + " ran").isTrue();
  }

  @Test
  void aJobRunsIfItsTransactionCommitsAndNotBefore() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      schedule("undone");
                      assertThat(scheduler.checkExists(JobKey.jobKey("undone"))).isTrue();
                      throw new Oops();
                    }))
        .isInstanceOf(Oops.class);
    assertThat(scheduler.checkExists(JobKey.jobKey("undone"))).isFalse();

    host.withTransaction(
        () -> {
          insert(2);
          schedule("kept");
          assertThat(RAN).doesNotContain("kept");
        });
    await("kept"); // after "undone" would have: it was due earlier

    schedule("outside");
    await("outside");
    assertThat(RAN).containsExactlyInAnyOrder("kept", "outside");
    assertThat(rows()).containsExactly(2);
  }
}
