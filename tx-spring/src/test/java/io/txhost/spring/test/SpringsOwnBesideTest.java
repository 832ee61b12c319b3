package io.txhost.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.test.Database;
import io.txhost.test.TestDataSource;
import io.txhost.test.TestRun;
import io.txhost.test.TxTest;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestContextManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What the listener and the customizer do without JUnit's extension. */
final class SpringsOwnBesideTest {

  @Configuration(proxyBeanMethods = false)
  static class Application {
    @Bean(destroyMethod = "")
    DataSource pool() {
      return Database.h2().dataSource();
    }

    @Bean
    LazyConnectionDataSourceProxy lazy(DataSource pool) {
      return new LazyConnectionDataSourceProxy(pool);
    }
  }

  @TxTest
  @ContextConfiguration(classes = Application.class)
  static class Undone {
    void test() {}

    @Transactional
    void inSpringsTransaction() {}

    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    void withoutSprings() {}
  }

  @ContextConfiguration(classes = Application.class)
  static class NotUndone {
    void test() {}
  }

  private static void before(Class<?> tests, String method, Runnable during) throws Exception {
    TestContextManager manager = new TestContextManager(tests);
    Object test = tests.getDeclaredConstructor().newInstance();
    manager.prepareTestInstance(test);
    manager.beforeTestMethod(test, tests.getDeclaredMethod(method));
    try {
      during.run();
    } finally {
      manager.afterTestMethod(test, tests.getDeclaredMethod(method), null);
    }
  }

  @Test
  void theRunIsOpenDuringTheTestAlone() throws Exception {
    before(Undone.class, "test", () -> assertThat(TestRun.isOpenHere()).isTrue());
    assertThat(TestRun.isOpenHere()).isFalse();
    before(NotUndone.class, "test", () -> assertThat(TestRun.isOpenHere()).isFalse());
  }

  @Test
  void springsTransactionOnTheSameTestIsRefused() throws Exception {
    assertThatThrownBy(() -> before(Undone.class, "inSpringsTransaction", () -> {}))
        .hasMessageContaining("TXH-730")
        .hasMessageContaining("Undone.inSpringsTransaction");
    assertThat(TestRun.isOpenHere()).isFalse();
    before(Undone.class, "withoutSprings", () -> assertThat(TestRun.isOpenHere()).isTrue());
  }

  @Test
  void itIsRefusedTooWhereJUnitsExtensionHasOpenedTheRun() throws Exception {
    TestRun run = TestRun.start(Undone.class.getAnnotation(TxTest.class), Undone.class);
    try {
      assertThatThrownBy(() -> before(Undone.class, "inSpringsTransaction", () -> {}))
          .hasMessageContaining("TXH-730");
      before(Undone.class, "test", () -> {});
      assertThat(TestRun.isOpenHere()).as("who opened it ends it").isTrue();
    } finally {
      run.end();
    }
  }

  @Test
  void poolsAreWrappedAndWhatLeadsToThemIsNot() throws Exception {
    TestContextManager manager = new TestContextManager(Undone.class);
    var context = manager.getTestContext().getApplicationContext();

    assertThat(context.getBean("pool")).isInstanceOf(TestDataSource.class);
    assertThat(context.getBean(LazyConnectionDataSourceProxy.class).getTargetDataSource())
        .isSameAs(context.getBean("pool"));
    assertThat(
            new TestContextManager(NotUndone.class)
                .getTestContext()
                .getApplicationContext()
                .getBean("pool"))
        .isNotInstanceOf(TestDataSource.class);
  }
}
