package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Propagation;
import io.txhost.spring.tx.TxHostTransactionManager;
import io.txhost.test.Database;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.configuration.support.MapJobRegistry;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.support.TaskExecutorJobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.ItemWriter;
import org.springframework.batch.infrastructure.item.support.AbstractItemCountingItemStreamItemReader;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** Spring Batch on the pool, its transactions those of the bridge: chunks of two of six items. */
class SpringBatchBridgedTest extends LibraryFixture {
  private TxHostTransactionManager manager;
  private JobRepository repository;
  private TaskExecutorJobOperator operator;
  private JdbcTemplate template;

  @Override
  Database openDatabase() {
    return Database.h2();
  }

  @Override
  void openLibrary() throws Exception {
    new ResourceDatabasePopulator(
            new ClassPathResource("org/springframework/batch/core/schema-h2.sql"))
        .execute(database.dataSource());
    manager = new TxHostTransactionManager(host);
    template = new JdbcTemplate(pool);
    JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
    factory.setDataSource(pool);
    factory.setTransactionManager(manager);
    factory.afterPropertiesSet();
    repository = factory.getObject();
    operator = new TaskExecutorJobOperator();
    operator.setJobRepository(repository);
    operator.setTaskExecutor(new SyncTaskExecutor());
    operator.setJobRegistry(new MapJobRegistry());
    operator.afterPropertiesSet();
  }

  @AfterEach
  void noConnectionIsOut() {
    assertThat(pool.connectionsOut()).isZero();
  }

  /** Counts from 1 to 6, and knows after a restart how far it was. */
  private static final class Numbers extends AbstractItemCountingItemStreamItemReader<Integer> {
    Numbers() {
      setName("numbers");
    }

    @Override
    protected @Nullable Integer doRead() {
      return getCurrentItemCount() > 6 ? null : getCurrentItemCount();
    }

    @Override
    protected void doOpen() {}

    @Override
    protected void doClose() {}
  }

  private Job job(String name, ItemWriter<Integer> writer) {
    return new JobBuilder(name, repository)
        .start(
            new StepBuilder(name, repository)
                .<Integer, Integer>chunk(2)
                .reader(new Numbers())
                .writer(writer)
                .transactionManager(manager)
                .build())
        .build();
  }

  private JobExecution run(String name, ItemWriter<Integer> writer) throws Exception {
    return operator.start(job(name, writer), new JobParameters());
  }

  /** The row of the step that was executed last. */
  private Map<String, Object> step(String name) {
    return new JdbcTemplate(database.dataSource())
        .queryForMap(
            "select status, read_count, write_count, commit_count, rollback_count"
                + " from batch_step_execution where step_name = ?"
                + " order by step_execution_id desc limit 1",
            name);
  }

  private static void raise() {
    throw new Oops();
  }

  private void write(int id) throws Exception {
    if (id % 2 == 0) {
      template.update("insert into item (id) values (?)", id);
    } else {
      insert(id);
    }
  }

  @Test
  void whatHostCodeWroteInAChunkThatFailsIsRolledBackWithItAndARestartGoesOnThere()
      throws Exception {
    JobExecution failed =
        run(
            "failing",
            chunk -> {
              for (int id : chunk) {
                write(id);
                if (id == 4) {
                  throw new Oops();
                }
              }
            });

    assertThat(failed.getStatus()).isEqualTo(BatchStatus.FAILED);
    assertThat(rows()).containsExactly(1, 2);
    assertThat(step("failing"))
        .containsEntry("status", "FAILED")
        .containsEntry("write_count", 2L)
        .containsEntry("commit_count", 1L)
        .containsEntry("rollback_count", 1L);

    JobExecution restarted =
        run(
            "failing",
            chunk -> {
              for (int id : chunk) {
                write(id);
              }
            });

    assertThat(restarted.getStatus()).isEqualTo(BatchStatus.COMPLETED);
    assertThat(rows()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(step("failing"))
        .containsEntry("status", "COMPLETED")
        .containsEntry("write_count", 4L);
  }

  @Test
  void aHostsBoundaryThatFailsInAChunkAndIsSwallowedRollsTheChunkBack() throws Exception {
    JobExecution execution =
        run(
            "swallowing",
            chunk -> {
              for (int id : chunk) {
                template.update("insert into item (id) values (?)", id);
              }
              if (chunk.getItems().contains(4)) {
                assertThatThrownBy(() -> host.withTransaction(() -> raise())).isNotNull();
              }
            });

    assertThat(execution.getStatus()).isEqualTo(BatchStatus.FAILED);
    assertThat(execution.getAllFailureExceptions())
        .singleElement(InstanceOfAssertFactories.THROWABLE)
        .rootCause() // of Batch's own look at Spring's TransactionStatus
        .hasMessageContaining("the transaction is rollback-only");
    assertThat(rows()).containsExactly(1, 2);
    assertThat(step("swallowing")).containsEntry("status", "FAILED");
  }

  @Test
  void aBoundaryOfItsOwnInAChunkOutlivesTheChunk() throws Exception {
    run(
        "noting",
        chunk -> {
          for (int id : chunk) {
            insert(id);
          }
          host.withTransaction(
              Propagation.REQUIRES_NEW, () -> insert(100 + chunk.getItems().get(0)));
          throw new Oops();
        });

    assertThat(rows()).containsExactly(101);
  }

  @Test
  void aJobIsRefusedByBatchInsideAHostsTransactionAsInsideOneOfSprings() throws Exception {
    host.withTransaction(
        () ->
            assertThatThrownBy(() -> run("inside", chunk -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Existing transaction detected in JobRepository"));

    assertThat(numbers("select count(*) from batch_job_instance where job_name = 'inside'"))
        .containsExactly(0);
    assertThat(rows()).isEmpty();
  }
}
