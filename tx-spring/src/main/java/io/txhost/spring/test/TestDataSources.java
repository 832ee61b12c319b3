package io.txhost.spring.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.util.ClassUtils;

/**
 * Has the data source beans of a test class with {@code @TxTest} wrapped. Named in {@code
 * META-INF/spring.factories}; does nothing where tx-test is absent.
 */
final class TestDataSources implements ContextCustomizerFactory {
  private static final boolean PRESENT =
      ClassUtils.isPresent("io.txhost.test.TestRun", TestDataSources.class.getClassLoader());

  @Override
  public @Nullable ContextCustomizer createContextCustomizer(
      Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
    return PRESENT ? WrappedDataSources.of(testClass) : null;
  }
}
