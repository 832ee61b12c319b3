package io.txhost.spring.boot;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.core.type.MethodMetadata;

/**
 * A {@code DataSource} bean that a host is made over.
 *
 * @param bean its name
 * @param isPrimary whether it comes in where several match
 * @param isDefaultCandidate whether it comes in where no qualifier is
 * @param qualifier of its bean method
 */
record Pool(
    String bean, boolean isPrimary, boolean isDefaultCandidate, @Nullable String qualifier) {
  private static final String TRANSACTION_AWARE =
      "org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy";

  /** Those that may come in somewhere; none that would join Spring's transactions by itself. */
  static List<Pool> of(ConfigurableListableBeanFactory beans) {
    return Arrays.stream(beans.getBeanNamesForType(DataSource.class, true, false))
        .filter(name -> !isTransactionAware(beans.getType(name, false)))
        .filter(name -> isCandidate(beans, name))
        .map(name -> named(beans, name))
        .toList();
  }

  private static boolean isCandidate(ConfigurableListableBeanFactory beans, String name) {
    return !beans.containsBeanDefinition(name)
        || beans.getMergedBeanDefinition(name).isAutowireCandidate();
  }

  private static boolean isTransactionAware(@Nullable Class<?> type) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      if (c.getName().equals(TRANSACTION_AWARE)) {
        return true;
      }
    }
    return false;
  }

  private static Pool named(ConfigurableListableBeanFactory beans, String name) {
    if (!beans.containsBeanDefinition(name)) {
      return new Pool(name, false, true, null);
    }
    BeanDefinition definition = beans.getMergedBeanDefinition(name);
    boolean isDefault =
        !(definition instanceof AbstractBeanDefinition one) || one.isDefaultCandidate();
    return new Pool(
        name, definition.isPrimary(), isDefault, qualifierOf(beans.getBeanDefinition(name)));
  }

  private static @Nullable String qualifierOf(BeanDefinition definition) {
    MethodMetadata method =
        definition instanceof AnnotatedBeanDefinition annotated
            ? annotated.getFactoryMethodMetadata()
            : null;
    Map<String, @Nullable Object> qualifier =
        method == null ? null : method.getAnnotationAttributes(Qualifier.class.getName());
    return qualifier != null && qualifier.get("value") instanceof String value && !value.isEmpty()
        ? value
        : null;
  }

  /** The one that comes in where nothing is said; null where Spring could not choose. */
  static @Nullable Pool main(List<Pool> pools) {
    List<Pool> primary = pools.stream().filter(Pool::isPrimary).toList();
    List<Pool> first =
        primary.isEmpty() ? pools.stream().filter(Pool::isDefaultCandidate).toList() : primary;
    return first.size() == 1 ? first.get(0) : null;
  }

  /** What is made over it comes in where it would come in itself. */
  void qualify(AbstractBeanDefinition madeOverIt) {
    madeOverIt.setPrimary(isPrimary);
    madeOverIt.setDefaultCandidate(isDefaultCandidate);
    madeOverIt.addQualifier(
        new AutowireCandidateQualifier(Qualifier.class, qualifier == null ? bean : qualifier));
  }
}
