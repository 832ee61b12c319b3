package io.txhost.spring.boot;

import io.txhost.TransactionHost;
import io.txhost.spring.tx.TxHostTransactionManager;
import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.transaction.TransactionManager;
import org.springframework.util.ClassUtils;

/** Makes the managers. */
final class ManagerFactory {
  /** Under the name that Spring Boot 4 has for it, and 3.5. */
  static final List<String> CUSTOMIZERS =
      List.of(
          "org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizers",
          "org.springframework.boot.autoconfigure.transaction.TransactionManagerCustomizers");

  static final String CUSTOMIZE = "customize";

  private ManagerFactory() {}

  /** As Spring Boot's are: with {@code spring.transaction.*}, and the listeners that are beans. */
  static TxHostTransactionManager manager(
      TransactionHost<Connection> host, JoiningTemplates templates, ListableBeanFactory beans) {
    TxHostTransactionManager manager =
        new TxHostTransactionManager(host, templates.dataSourceOf(host));
    ClassLoader classes = ManagerFactory.class.getClassLoader();
    for (String customizers : CUSTOMIZERS) {
      if (ClassUtils.isPresent(customizers, classes)) {
        beans
            .getBeanProvider(ClassUtils.resolveClassName(customizers, classes))
            .ifAvailable(all -> customize(all, manager));
      }
    }
    return manager;
  }

  /** Its class has moved between Spring Boot 3.5 and 4. */
  private static void customize(Object customizers, TransactionManager manager) {
    try {
      customizers
          .getClass()
          .getMethod(CUSTOMIZE, TransactionManager.class)
          .invoke(customizers, manager);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(customizers + " is not as Spring Boot 3.5 and 4 have it", e);
    }
  }
}
