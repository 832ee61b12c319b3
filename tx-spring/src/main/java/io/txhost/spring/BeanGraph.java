package io.txhost.spring;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.util.ClassUtils;

/**
 * The beans of one context and what each depends on: as it was injected where the bean exists, else
 * as its class and its factory method tell. Makes no bean, and reads each one once, when asked.
 *
 * <p><b>Threads:</b> for one thread, at one moment of the start.
 */
final class BeanGraph {
  private final ConfigurableListableBeanFactory beans;
  private final Map<String, Class<?>> types;
  private final Map<String, Set<String>> dependencies = new HashMap<>();
  private @Nullable Map<Class<?>, List<String>> byType;

  /**
   * @param types the class of each bean, in the order of declaration
   */
  BeanGraph(ConfigurableListableBeanFactory beans, Map<String, Class<?>> types) {
    this.beans = beans;
    this.types = types;
  }

  /** The class of each bean by its name. */
  Map<String, Class<?>> types() {
    return types;
  }

  /**
   * What others get, so a FactoryBean's product. Of a bean of another context, or an inner one,
   * nothing is known.
   */
  @Nullable Class<?> typeOf(String bean) {
    Class<?> type = types.get(bean);
    if (type != null && FactoryBean.class.isAssignableFrom(type)) {
      type = beans.getType(bean, false);
    }
    return type == null ? null : ClassUtils.getUserClass(type);
  }

  boolean isPrimary(String bean) {
    return beans.containsBeanDefinition(bean) && beans.getMergedBeanDefinition(bean).isPrimary();
  }

  boolean isOf(String bean, Class<?> sought) {
    Class<?> type = typeOf(bean);
    return type != null
        ? sought.isAssignableFrom(type)
        : beans.containsBean(bean) && beans.isTypeMatch(bean, sought);
  }

  /** The beans that are of a type. */
  List<String> named(Class<?> type) {
    Map<Class<?>, List<String>> index = byType;
    if (index == null) {
      index = indexed();
      byType = index;
    }
    return index.getOrDefault(type, List.of());
  }

  private Map<Class<?>, List<String>> indexed() {
    Map<Class<?>, List<String>> index = new HashMap<>();
    types.forEach(
        (name, declared) -> {
          Class<?> type = Objects.requireNonNullElse(typeOf(name), declared);
          Set<Class<?>> all = NearestAnnotation.interfacesOf(type);
          for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            all.add(c);
          }
          all.forEach(t -> index.computeIfAbsent(t, absent -> new ArrayList<>()).add(name));
        });
    return index;
  }

  /** The beans that it calls, as far as can be told. What made it is none of them. */
  Set<String> dependenciesOf(String bean) {
    return dependencies.computeIfAbsent(bean, this::read);
  }

  private Set<String> read(String bean) {
    Set<String> names = new TreeSet<>(Arrays.asList(beans.getDependenciesForBean(bean)));
    Class<?> type = types.get(bean);
    boolean exists = beans.containsSingleton(bean);
    if (type != null) {
      InjectionPoint.of(ClassUtils.getUserClass(type))
          .filter(p -> !exists || p.isLate())
          .forEach(p -> add(p, names));
    }
    if (beans.containsBeanDefinition(ScopedProxyUtils.getTargetBeanName(bean))) {
      names.add(ScopedProxyUtils.getTargetBeanName(bean));
    }
    if (beans.containsBeanDefinition(bean)) {
      readDefinition(bean, exists, names);
    }
    names.remove(bean);
    return names;
  }

  private void readDefinition(String bean, boolean exists, Set<String> names) {
    var definition = beans.getMergedBeanDefinition(bean);
    if (definition instanceof RootBeanDefinition root && root.getResolvedFactoryMethod() != null) {
      InjectionPoint.of(root.getResolvedFactoryMethod())
          .filter(p -> !exists || p.isLate())
          .forEach(p -> add(p, names));
    }
    String factory = definition.getFactoryBeanName();
    names.remove(factory == null ? "" : factory); // it made the bean, the bean does not call it
  }

  private void add(InjectionPoint point, Set<String> names) {
    List<String> candidates = point.isOfAnApplication() ? named(point.type()) : List.of();
    if (candidates.size() == 1 || point.takesAll()) {
      names.addAll(candidates); // none where it is not clear which
    }
  }

  /**
   * Searches for beans.
   *
   * @param isEnd beyond which beans not to go
   */
  Search search(Predicate<String> isSought, Predicate<String> isEnd) {
    return new Search(isSought, isEnd);
  }

  /** Searches from many beans; those from which nothing can be reached are walked once. */
  final class Search {
    private final Predicate<String> isSought;
    private final Predicate<String> isEnd;
    private final Set<String> inVain = new LinkedHashSet<>();

    private Search(Predicate<String> isSought, Predicate<String> isEnd) {
      this.isSought = isSought;
      this.isEnd = isEnd;
    }

    /**
     * The shortest way from a bean to one that is sought, both included; empty if there is none.
     */
    List<String> from(String bean) {
      Map<String, String> cameFrom = new LinkedHashMap<>();
      Deque<String> next = new ArrayDeque<>();
      cameFrom.put(bean, bean);
      next.add(bean);
      while (!next.isEmpty()) {
        String here = next.remove();
        if (isSought.test(here)) {
          return way(here, cameFrom);
        }
        if (!isEnd.test(here)) {
          for (String there : dependenciesOf(here)) {
            if (!inVain.contains(there) && cameFrom.putIfAbsent(there, here) == null) {
              next.add(there);
            }
          }
        }
      }
      inVain.addAll(cameFrom.keySet());
      return List.of();
    }

    private List<String> way(String to, Map<String, String> cameFrom) {
      List<String> way = new ArrayList<>(List.of(to));
      String at = to;
      for (String before = cameFrom.get(at); before != null && !before.equals(at); ) {
        way.add(before);
        at = before;
        before = cameFrom.get(at);
      }
      Collections.reverse(way);
      return way;
    }
  }
}
