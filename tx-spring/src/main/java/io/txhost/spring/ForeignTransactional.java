package io.txhost.spring;

import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds Spring's or Jakarta's {@code @Transactional} where a host's transaction was meant: it would
 * open another transaction, or none, and the host would not know of it.
 */
final class ForeignTransactional {
  private static final List<String> NAMES =
      List.of(
          "org.springframework.transaction.annotation.Transactional",
          "jakarta.transaction.Transactional");

  private final ConfigurableListableBeanFactory beans;
  private final List<String> present;

  ForeignTransactional(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
    this.present =
        NAMES.stream()
            .filter(name -> ClassUtils.isPresent(name, beans.getBeanClassLoader()))
            .toList();
  }

  /**
   * What is wrong with the bean, or null. Knows more once the bean exists and its dependencies are
   * registered.
   */
  @Nullable String findingOn(String bean, Class<?> targetClass) {
    Class<?> type = ClassUtils.getUserClass(targetClass);
    String annotated = present.isEmpty() ? null : annotated(type);
    String holder = annotated == null ? null : holder(bean, type);
    return holder == null
        ? null
        : "TXH-611 bean '"
            + bean
            + "': "
            + annotated
            + ", but "
            + holder
            + " a TransactionHost, whose transactions that annotation neither begins nor joins; use"
            + " io.txhost.Transactional, or set the property "
            + StartupChecks.FOREIGN
            + "=warn.";
  }

  private @Nullable String annotated(Class<?> type) {
    for (String name : present) {
      if (has(type, name)) {
        return "@" + name + " is on " + ClassUtils.getShortName(type);
      }
      for (var method : ReflectionUtils.getUniqueDeclaredMethods(type)) {
        if (has(method, name)) {
          return "@" + name + " is on " + Inspection.label(method);
        }
      }
    }
    return null;
  }

  private static boolean has(AnnotatedElement element, String annotation) {
    return MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).isPresent(annotation);
  }

  private @Nullable String holder(String bean, Class<?> type) {
    if (hasHost(bean, type)) {
      return "it has";
    }
    for (String collaborator : collaborators(bean, type)) {
      Class<?> itsType = beans.getType(collaborator, false);
      if (itsType != null && hasHost(collaborator, ClassUtils.getUserClass(itsType))) {
        return "its collaborator '" + collaborator + "' has";
      }
    }
    return null;
  }

  private boolean hasHost(String bean, Class<?> type) {
    return Arrays.stream(beans.getDependenciesForBean(bean)).anyMatch(this::isHost)
        || parts(type).anyMatch(ForeignTransactional::mentionsHost);
  }

  private boolean isHost(String bean) {
    return beans.containsBean(bean)
        && (beans.isTypeMatch(bean, TransactionHost.class)
            || beans.isTypeMatch(bean, TransactionHosts.class));
  }

  private static boolean mentionsHost(ResolvableType part) {
    return TransactionHost.class.isAssignableFrom(part.toClass())
        || part.toClass() == TransactionHosts.class
        || Arrays.stream(part.getGenerics()).anyMatch(ForeignTransactional::mentionsHost);
  }

  private Set<String> collaborators(String bean, Class<?> type) {
    Set<String> names = new TreeSet<>(Arrays.asList(beans.getDependenciesForBean(bean)));
    if (!beans.containsSingleton(bean)) {
      parts(type).forEach(part -> names.addAll(onlyBeanOf(part.toClass())));
    }
    if (beans.containsBeanDefinition(bean)) {
      String factory = beans.getMergedBeanDefinition(bean).getFactoryBeanName();
      names.remove(factory == null ? "" : factory); // it made the bean, the bean does not call it
    }
    names.remove(bean);
    return names;
  }

  /** The bean that would be injected; none where it is not clear which. */
  private List<String> onlyBeanOf(Class<?> type) {
    if (type.isPrimitive() || type.getName().startsWith("java.")) {
      return List.of();
    }
    String[] names = beans.getBeanNamesForType(type, true, false);
    return names.length == 1 ? List.of(names) : List.of();
  }

  /** What a bean of the type holds: its fields and what its constructors take. */
  private static Stream<ResolvableType> parts(Class<?> type) {
    List<ResolvableType> parts = new ArrayList<>();
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        parts.add(ResolvableType.forField(field, type));
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      for (int i = 0; i < constructor.getParameterCount(); i++) {
        parts.add(ResolvableType.forConstructorParameter(constructor, i));
      }
    }
    return parts.stream();
  }
}
