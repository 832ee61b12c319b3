package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.test.Database;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.configuration.support.MapJobRegistry;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.support.TaskExecutorJobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** Spring Batch, over Spring's JdbcTransactionManager. */
class SpringBatchTest extends DemarcatingLibrary {
  private JobRepository repository;
  private JdbcTransactionManager manager;
  private JdbcTemplate template;
  private TaskExecutorJobOperator operator;

  @Override
  Database openDatabase() {
    return Database.h2();
  }

  @Override
  void openLibrary(DataSource enlisting) throws Exception {
    new ResourceDatabasePopulator(
            new ClassPathResource("org/springframework/batch/core/schema-h2.sql"))
        .execute(database.dataSource());
    manager = new JdbcTransactionManager(enlisting);
    template = new JdbcTemplate(enlisting);
    JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
    factory.setDataSource(enlisting);
    factory.setTransactionManager(manager);
    factory.setIsolationLevelForCreate("ISOLATION_DEFAULT"); // SERIALIZABLE is refused inside
    factory.afterPropertiesSet();
    repository = factory.getObject();
    operator = new TaskExecutorJobOperator();
    operator.setJobRepository(repository);
    operator.setTaskExecutor(new SyncTaskExecutor());
    operator.setJobRegistry(new MapJobRegistry());
    operator.afterPropertiesSet();
  }

  private JobExecution run(int id, boolean fails) throws Exception {
    Step step =
        new StepBuilder("step", repository)
            .tasklet(
                (contribution, chunk) -> {
                  template.update("insert into item (id) values (?)", id);
                  if (fails) {
                    throw new Oops();
                  }
                  return RepeatStatus.FINISHED;
                },
                manager)
            .build();
    Job job = new JobBuilder("job", repository).start(step).build();
    return operator.start(
        job, new JobParametersBuilder().addLong("id", (long) id).toJobParameters());
  }

  @Override
  void write(int id) throws Exception {
    assertThat(run(id, false).getStatus()).isEqualTo(BatchStatus.COMPLETED);
  }

  @AfterEach
  void theJobsThatAreKnownAreThoseWhoseRowIsThere() throws Exception {
    assertThat(numbers("select count(*) from batch_job_execution where status = 'COMPLETED'"))
        .containsExactly(rows().size() - numbers("select id from item where label = 'own'").size());
    forget();
  }

  private void forget() throws Exception {
    for (String table :
        new String[] {
          "step_execution_context",
          "job_execution_context",
          "step_execution",
          "job_execution_params",
          "job_execution",
          "job_instance"
        }) {
      apart("delete from batch_" + table);
    }
  }

  @Test
  void aFailedStepOutsideIsRolledBackAndNotedAsFailed() throws Exception {
    assertThat(run(1, true).getStatus()).isEqualTo(BatchStatus.FAILED);

    assertThat(rows()).isEmpty();
    assertThat(numbers("select count(*) from batch_job_execution where status = 'FAILED'"))
        .containsExactly(1);
  }
}
