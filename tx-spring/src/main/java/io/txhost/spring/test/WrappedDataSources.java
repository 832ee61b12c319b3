package io.txhost.spring.test;

import io.txhost.test.TestDataSource;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Puts a {@link TestDataSource} over each data source bean. Equal to any other: test classes that
 * have it share their contexts.
 */
record WrappedDataSources() implements ContextCustomizer {

  static @Nullable WrappedDataSources of(Class<?> testClass) {
    return SpringTestRuns.onClass(testClass) == null ? null : new WrappedDataSources();
  }

  @Override
  public void customizeContext(
      ConfigurableApplicationContext context, MergedContextConfiguration merged) {
    context.getBeanFactory().addBeanPostProcessor(new Wrapping());
  }

  private static final class Wrapping implements BeanPostProcessor {
    private static final String DELEGATING =
        "org.springframework.jdbc.datasource.DelegatingDataSource";

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      return bean instanceof DataSource pool && isPool(pool.getClass())
          ? TestDataSource.over(pool)
          : bean;
    }

    /** Not what leads to another bean, which is wrapped itself, or to a host. */
    private static boolean isPool(Class<?> type) {
      for (Class<?> c = type; c != null; c = c.getSuperclass()) {
        if (c.getName().equals(DELEGATING) || c.getName().startsWith("io.txhost.")) {
          return false;
        }
      }
      return true;
    }
  }
}
