package io.txhost.spring;

import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.util.ClassUtils;

/**
 * Refuses a test class of Spring's TestContext framework that has {@link io.txhost.Transactional}:
 * a test instance is no bean, so nothing would begin a transaction around the test, let alone roll
 * it back. Refuses Spring's and Jakarta's annotations on one that is injected a host: what the test
 * has the host write would stay.
 *
 * <p>A factory of customizers, because Spring asks each of them for every test class, whatever
 * listeners the class declares. Named in {@code META-INF/spring.factories}; it customizes nothing,
 * so contexts are cached as before. Once a listener begins such transactions, the line there goes.
 */
final class TransactionalTestRefusal implements ContextCustomizerFactory {
  private static final String UNDO =
      "call host.withTransaction(() -> { ...;"
          + " host.currentTransaction().orElseThrow().setRollbackOnly(); })";

  @Override
  public @Nullable ContextCustomizer createContextCustomizer(
      Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
    List<String> findings = new ArrayList<>();
    for (Class<?> c = testClass; c != null; c = c.getEnclosingClass()) {
      add(c, testClass, findings);
    }
    if (!findings.isEmpty()) {
      throw new StartupRefusedException(findings);
    }
    return foreign(testClass);
  }

  private static @Nullable ContextCustomizer foreign(Class<?> testClass) {
    if (!InjectionPoint.mentions(testClass, TransactionHost.class, TransactionHosts.class)) {
      return null;
    }
    String where = ForeignTransactional.annotationOn(testClass);
    return where.isEmpty()
        ? null
        : new Foreign(
            "TXH-611 test "
                + ClassUtils.getShortName(testClass)
                + ": "
                + where
                + ", but the test has a TransactionHost, whose transactions that annotation neither"
                + " begins nor rolls back; in the test "
                + UNDO
                + ", or "
                + Bridges.WAY_OUT
                + ", or set the property "
                + ForeignTransactional.PROPERTY
                + "=warn.");
  }

  /** Knows the property only with the context. Equal by its finding, as the cache needs. */
  private record Foreign(String finding) implements ContextCustomizer {
    @Override
    public void customizeContext(
        ConfigurableApplicationContext context, MergedContextConfiguration merged) {
      context.addBeanFactoryPostProcessor(factory -> look(factory, context.getEnvironment()));
    }

    /** A bridge begins and rolls back the host's transaction for that annotation. */
    private void look(ConfigurableListableBeanFactory factory, Environment environment) {
      Bridges bridges = new Bridges(new BeanGraph(factory, BeanClasses.of(factory)));
      if (bridges.mayBeThere()) {
        return;
      }
      Findings findings = new Findings();
      if (ForeignTransactional.isOnlyWarned(environment)) {
        findings.warn(finding);
      } else {
        findings.refuse(finding);
      }
      findings.conclude();
    }
  }

  private static void add(Class<?> type, Class<?> testClass, List<String> findings) {
    if (NearestAnnotation.TRANSACTIONAL.isOnClass(type)) {
      findings.add(finding(testClass, "on class " + ClassUtils.getShortName(type)));
    } else if (type == testClass) {
      Method annotated = NearestAnnotation.TRANSACTIONAL.firstMethodIn(type);
      if (annotated != null) {
        findings.add(finding(testClass, "on " + Wording.method(annotated)));
      }
    }
  }

  private static String finding(Class<?> testClass, String where) {
    return "TXH-627 test "
        + ClassUtils.getShortName(testClass)
        + ": @io.txhost.Transactional is "
        + where
        + ", but a test instance is no bean, so no transaction would begin and nothing be rolled"
        + " back; in the test "
        + UNDO
        + ", or "
        + Bridges.WAY_OUT
        + " and take Spring's @Transactional, or let it commit and clean up after it.";
  }
}
