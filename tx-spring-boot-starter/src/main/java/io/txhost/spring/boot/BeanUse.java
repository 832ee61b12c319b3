package io.txhost.spring.boot;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;

/** What a bean's method takes: so it is known, before any bean is made, what stands on what. */
final class BeanUse {
  private final ConfigurableListableBeanFactory beans;

  BeanUse(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  boolean takes(String bean, Class<?> type) {
    return parametersOf(bean).anyMatch(one -> type.isAssignableFrom(one.getParameterType()));
  }

  /** The {@code DataSource} that Spring would hand over; null where it takes none. */
  @Nullable String poolOf(String bean) {
    return parametersOf(bean)
        .filter(one -> one.getParameterType() == DataSource.class)
        .findFirst()
        .map(this::handedOver)
        .orElse(null);
  }

  private Stream<MethodParameter> parametersOf(String bean) {
    Method method = methodOf(bean);
    return method == null
        ? Stream.empty()
        : IntStream.range(0, method.getParameterCount())
            .mapToObj(i -> new MethodParameter(method, i));
  }

  private @Nullable Method methodOf(String bean) {
    if (!beans.containsBeanDefinition(bean)) {
      return null;
    }
    beans.getType(bean, false); // finds the method
    return beans.getMergedBeanDefinition(bean) instanceof RootBeanDefinition definition
        ? definition.getResolvedFactoryMethod()
        : null;
  }

  private @Nullable String handedOver(MethodParameter parameter) {
    parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
    DependencyDescriptor point = new DependencyDescriptor(parameter, true);
    List<String> matching =
        Arrays.stream(beans.getBeanNamesForType(DataSource.class, true, false))
            .filter(name -> beans.isAutowireCandidate(name, point))
            .toList();
    List<String> primary = matching.stream().filter(this::isPrimary).toList();
    List<String> first = primary.isEmpty() ? matching : primary;
    return first.size() == 1 ? first.get(0) : ofThatName(matching, parameter.getParameterName());
  }

  private static @Nullable String ofThatName(List<String> matching, @Nullable String name) {
    return name != null && matching.contains(name) ? name : null;
  }

  private boolean isPrimary(String bean) {
    return beans.containsBeanDefinition(bean) && beans.getMergedBeanDefinition(bean).isPrimary();
  }
}
