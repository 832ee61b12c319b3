package io.txhost.spring;

import io.txhost.TransactionHost;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Names the qualifiers where several hosts match an injection point. Spring is asked which it would
 * take, and makes none of them meanwhile.
 */
final class AmbiguousHosts {
  private AmbiguousHosts() {}

  /**
   * Does nothing where Spring finds its way, or fails by itself.
   *
   * @throws NoUniqueBeanDefinitionException as Spring does, with the names of the hosts
   */
  static void refuse(DefaultListableBeanFactory beans, DependencyDescriptor point) {
    if (point.getDependencyType() == TransactionHost.class && !(point instanceof Probe)) {
      Collection<String> matching = new Probe(point).matching(beans);
      List<String> others =
          matching.stream().filter(name -> !beans.isCurrentlyInCreation(name)).sorted().toList();
      if (others.size() > 1) {
        throw new NoUniqueBeanDefinitionException(
            TransactionHost.class, others.size(), message(beans, point, others));
      }
    }
  }

  private static String message(
      DefaultListableBeanFactory beans, DependencyDescriptor point, List<String> names) {
    return "TXH-628 "
        + names.size()
        + " hosts match "
        + shown(point.getResolvableType())
        + ": name one of them where it is injected, by "
        + names.stream().map(name -> qualifier(beans, name)).collect(Collectors.joining(" or "))
        + ", or mark one bean @Primary.";
  }

  private static String qualifier(DefaultListableBeanFactory beans, String name) {
    String host = nameOf(beans, name);
    return "@Qualifier(\"" + host + "\")" + (host.equals(name) ? "" : " (bean '" + name + "')");
  }

  /** A host that cannot be made is known by its bean's name. */
  private static String nameOf(DefaultListableBeanFactory beans, String name) {
    try {
      return beans.getBean(name, TransactionHost.class).name();
    } catch (BeansException e) {
      return name;
    }
  }

  /** {@code TransactionHost<Connection>}. */
  private static String shown(ResolvableType type) {
    Class<?> resource = type.getGeneric().resolve();
    return "TransactionHost" + (resource == null ? "" : "<" + resource.getSimpleName() + ">");
  }

  /** The same injection point, which takes nothing. */
  private static final class Probe extends DependencyDescriptor {
    private static final long serialVersionUID = 1L;

    private final transient DependencyDescriptor point;
    private transient Collection<String> matching = List.of();

    Probe(DependencyDescriptor point) {
      super(point);
      this.point = point;
    }

    /** The beans among which Spring cannot choose; none where it can, or need not. */
    Collection<String> matching(DefaultListableBeanFactory beans) {
      try {
        beans.doResolveDependency(this, null, null, null);
      } catch (BeansException | Decided e) {
        // what else is wrong Spring says when it resolves the point itself
      }
      return matching;
    }

    @Override
    public @Nullable Object resolveNotUnique(ResolvableType type, Map<String, Object> candidates) {
      try {
        return point.resolveNotUnique(type, candidates);
      } catch (NoUniqueBeanDefinitionException e) {
        matching = candidates.keySet();
        throw e;
      }
    }

    @Override
    public Object resolveCandidate(String name, Class<?> type, BeanFactory beans) {
      if (beans instanceof SingletonBeanRegistry made && made.containsSingleton(name)) {
        return super.resolveCandidate(name, type, beans); // asked for before Spring chooses
      }
      throw new Decided();
    }
  }

  /** Spring has chosen one that is not made yet. */
  private static final class Decided extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Decided() {
      super(null, null, false, false);
    }
  }
}
