package io.txhost.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.Aware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.StringUtils;

/**
 * Which methods of one bean Spring calls on the bean itself: before there is a proxy, or past it.
 * What Spring calls later, such as listeners and scheduled methods, it calls on the proxy.
 */
final class CallsPastProxy {
  private static final List<String> INIT =
      List.of("jakarta.annotation.PostConstruct", "javax.annotation.PostConstruct");
  private static final List<String> DESTROY =
      List.of("jakarta.annotation.PreDestroy", "javax.annotation.PreDestroy");
  private static final List<String> INJECTED =
      List.of(
          "org.springframework.beans.factory.annotation.Autowired",
          "org.springframework.beans.factory.annotation.Value",
          "jakarta.inject.Inject",
          "javax.inject.Inject",
          "jakarta.annotation.Resource",
          "javax.annotation.Resource",
          "jakarta.persistence.PersistenceContext",
          "jakarta.persistence.PersistenceUnit",
          "jakarta.ejb.EJB");

  /** When Spring calls, which decides what a method may do there. */
  enum Moment {
    /** Once all of the bean is there. */
    START(
        "annotate what an @EventListener for ApplicationReadyEvent calls (without Spring Boot:"
            + " ContextRefreshedEvent)"),
    /** When the context is closed. */
    END("annotate an @EventListener for ContextClosedEvent, which comes before"),
    /** While the bean is put together; such a method keeps what it is given. */
    INJECTION("let another bean call what needs it");

    private final String instead;

    Moment(String instead) {
      this.instead = instead;
    }
  }

  /**
   * One of them.
   *
   * @param how as people know it, such as {@code @PostConstruct}
   */
  record Call(Moment moment, String how) {
    String instead() {
      return moment.instead;
    }

    /** What is called, and how: the start of a finding. */
    String of(Method method) {
      return "method "
          + Wording.method(method)
          + " is called by Spring on the bean itself ("
          + how
          + ")";
    }

    /** Whether the method can be expected to do work, and not only to keep what it is given. */
    boolean doesWork() {
      return moment != Moment.INJECTION;
    }
  }

  /** Of what Spring calls nothing on. */
  static final CallsPastProxy NONE = new CallsPastProxy(Object.class, null);

  private final Class<?> type;
  private final Set<String> initMethods = new LinkedHashSet<>();
  private final Set<String> destroyMethods = new LinkedHashSet<>();
  private final Set<String> setters = new LinkedHashSet<>();
  private final boolean managed;
  private final boolean destroyed;

  private CallsPastProxy(Class<?> type, @Nullable AbstractBeanDefinition definition) {
    this.type = type;
    this.managed = definition != null;
    this.destroyed = definition != null && !definition.isPrototype();
    if (definition != null) {
      addAll(initMethods, definition.getInitMethodNames());
      addAll(destroyMethods, definition.getDestroyMethodNames());
      inferDestroyMethod(definition);
      definition
          .getPropertyValues()
          .forEach(value -> setters.add("set" + StringUtils.capitalize(value.getName())));
    }
  }

  /** Of an object that was registered as it is, and of a FactoryBean's product, nothing. */
  static CallsPastProxy of(ConfigurableListableBeanFactory beans, String bean, Class<?> type) {
    boolean isMade =
        beans.containsBeanDefinition(bean)
            && (FactoryBean.class.isAssignableFrom(type) || !beans.isFactoryBean(bean));
    return new CallsPastProxy(
        type,
        isMade && beans.getMergedBeanDefinition(bean) instanceof AbstractBeanDefinition definition
            ? definition
            : null);
  }

  private static void addAll(Set<String> names, String @Nullable [] more) {
    if (more != null) {
      names.addAll(Arrays.asList(more));
    }
  }

  /** As Spring does: a bean method's by default, an AutoCloseable's unless turned off. */
  private void inferDestroyMethod(AbstractBeanDefinition definition) {
    String[] named = definition.getDestroyMethodNames();
    boolean unsaid = named == null || named.length == 0;
    boolean inferred = destroyMethods.remove(AbstractBeanDefinition.INFER_METHOD);
    boolean closeable = AutoCloseable.class.isAssignableFrom(type);
    if (!DisposableBean.class.isAssignableFrom(type) && (inferred || (unsaid && closeable))) {
      destroyMethods.add(closeable || has("close") ? "close" : "shutdown");
    }
  }

  private boolean has(String method) {
    return Arrays.stream(type.getMethods())
        .anyMatch(m -> m.getName().equals(method) && m.getParameterCount() == 0);
  }

  /** How Spring calls the method on the bean itself, or null if it does not. */
  @Nullable Call callOf(Method method) {
    if (!managed || Modifier.isStatic(method.getModifiers())) {
      return null;
    }
    Call call = method.getParameterCount() == 0 ? withoutArguments(method) : null;
    return call != null ? call : injection(method);
  }

  private @Nullable Call withoutArguments(Method method) {
    String name = method.getName();
    String init = annotated(method, INIT);
    if (init != null || initMethods.contains(name)) {
      return new Call(Moment.START, init != null ? init : "its init method");
    }
    if (name.equals("afterPropertiesSet") && InitializingBean.class.isAssignableFrom(type)) {
      return new Call(Moment.START, "InitializingBean");
    }
    return destroyed ? destruction(method) : null;
  }

  private @Nullable Call destruction(Method method) {
    String name = method.getName();
    String destroy = annotated(method, DESTROY);
    if (destroy != null || destroyMethods.contains(name)) {
      return new Call(Moment.END, destroy != null ? destroy : "its destroy method");
    }
    return name.equals("destroy") && DisposableBean.class.isAssignableFrom(type)
        ? new Call(Moment.END, "DisposableBean")
        : null;
  }

  private @Nullable Call injection(Method method) {
    String injected = annotated(method, INJECTED);
    if (injected != null) {
      return new Call(Moment.INJECTION, injected);
    }
    if (method.getParameterCount() == 1 && setters.contains(method.getName())) {
      return new Call(Moment.INJECTION, "a property of its definition");
    }
    return NearestAnnotation.interfacesOf(type).stream()
        .filter(i -> Aware.class.isAssignableFrom(i) && declares(i, method))
        .findFirst()
        .map(i -> new Call(Moment.INJECTION, i.getSimpleName()))
        .orElse(null);
  }

  private static boolean declares(Class<?> aware, Method method) {
    return Arrays.stream(aware.getDeclaredMethods())
        .anyMatch(
            m ->
                m.getName().equals(method.getName())
                    && Arrays.equals(m.getParameterTypes(), method.getParameterTypes()));
  }

  /** On the method or one it overrides: Spring calls the one that overrides. */
  private static @Nullable String annotated(Method method, List<String> names) {
    MergedAnnotations present = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
    return names.stream()
        .filter(present::isPresent)
        .findFirst()
        .map(name -> "@" + name.substring(name.lastIndexOf('.') + 1))
        .orElse(null);
  }
}
