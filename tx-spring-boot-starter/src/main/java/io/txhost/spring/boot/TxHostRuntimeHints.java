package io.txhost.spring.boot;

import io.txhost.Retry;
import io.txhost.Transactional;
import io.txhost.spring.ContextScope;
import io.txhost.spring.EnableTransactionHosts;
import io.txhost.spring.WithContext;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/**
 * What is read of annotations by reflection, and what is called so of Spring Boot. What the
 * adapters do so is in their own jars, under {@code META-INF/native-image}.
 */
final class TxHostRuntimeHints implements RuntimeHintsRegistrar {
  private static final List<Class<?>> ANNOTATIONS =
      List.of(
          Transactional.class,
          Retry.class,
          WithContext.class,
          ContextScope.class,
          EnableTransactionHosts.class);

  private static final String TRANSACTION_MANAGER =
      "org.springframework.transaction.TransactionManager";

  /** Called by Spring. */
  TxHostRuntimeHints() {}

  @Override
  public void registerHints(RuntimeHints hints, @Nullable ClassLoader classes) {
    for (Class<?> annotation : ANNOTATIONS) {
      hints
          .reflection()
          .registerType(TypeReference.of(annotation), MemberCategory.INVOKE_PUBLIC_METHODS);
      hints.proxies().registerJdkProxy(annotation);
    }
    for (String customizers : ManagerFactory.CUSTOMIZERS) {
      hints
          .reflection()
          .registerTypeIfPresent(
              classes,
              customizers,
              type ->
                  type.withMethod(
                      ManagerFactory.CUSTOMIZE,
                      List.of(TypeReference.of(TRANSACTION_MANAGER)),
                      ExecutableMode.INVOKE));
    }
  }
}
