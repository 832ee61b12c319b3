package io.txhost.spring;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.reflect.MethodSignature;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * The beans of one application context whose classes are woven: so the aspect, of which the process
 * has one, finds the hosts of the context that an object is a bean of, and of no other.
 *
 * <p>A bean is known from before its injection, so also in its {@code @PostConstruct} method, and
 * for as long as it lives. The process keeps neither beans nor contexts alive.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class WovenBeans implements InstantiationAwareBeanPostProcessor, DisposableBean, BeanCheck {
  private static final String NAME = "io.txhost.spring.wovenBeans";

  /** Of all contexts. By identity: a bean's equals may be advised itself. */
  private static final Map<Object, WeakReference<WovenBeans>> KNOWN = new ConcurrentHashMap<>();

  private static final ReferenceQueue<Object> GONE = new ReferenceQueue<>();

  /** Contexts that are not closed. */
  private static final Set<WeakReference<WovenBeans>> OPEN = new CopyOnWriteArraySet<>();

  private final DefaultListableBeanFactory factory;
  private final WeakReference<WovenBeans> self = new WeakReference<>(this);

  /** The classes of its beans that have woven methods. */
  private final Set<Class<?>> classes = ConcurrentHashMap.newKeySet();

  private volatile @Nullable TransactionalMethods methods;

  private WovenBeans(DefaultListableBeanFactory factory) {
    this.factory = factory;
  }

  /** Before any bean is made. */
  static void install(BeanDefinitionRegistry registry) {
    if (registry instanceof DefaultListableBeanFactory factory && of(factory) == null) {
      WovenBeans beans = new WovenBeans(factory);
      factory.addBeanPostProcessor(beans);
      factory.registerDisposableBean(NAME, beans);
      OPEN.add(beans.self);
    }
  }

  /** Those of a context, or null where none are noted. */
  private static @Nullable WovenBeans of(Object factory) {
    return factory instanceof DefaultListableBeanFactory beans
        ? beans.getBeanPostProcessors().stream()
            .filter(WovenBeans.class::isInstance)
            .map(WovenBeans.class::cast)
            .findFirst()
            .orElse(null)
        : null;
  }

  /**
   * Those of a context as a check of its start. Installed here where the definitions were made
   * ahead of time, so that no registrar is called.
   */
  static BeanCheck check(ConfigurableListableBeanFactory factory) {
    if (factory instanceof BeanDefinitionRegistry registry) {
      install(registry);
    }
    WovenBeans beans = of(factory);
    return beans != null ? beans : new BeanCheck() {};
  }

  /** Runs a woven method in its boundary. */
  static @Nullable Object run(ProceedingJoinPoint execution) throws Throwable {
    Method method = ((MethodSignature) execution.getSignature()).getMethod();
    Object object = execution.getThis();
    Class<?> type = object == null ? method.getDeclaringClass() : object.getClass();
    WovenBeans context = object == null ? ofClass(method) : ofObject(object);
    TransactionalMethod transactional =
        context == null
            ? refuseIfAnnotated(method, type, object)
            : context.methods().executed(method, type);
    return transactional == null ? execution.proceed() : transactional.run(execution);
  }

  private static @Nullable WovenBeans ofObject(Object object) {
    WeakReference<WovenBeans> found = KNOWN.get(new Sought(object));
    return found == null ? null : found.get();
  }

  /** Null unless it is exactly one. */
  private static @Nullable WovenBeans ofClass(Method method) {
    List<WovenBeans> found = withBeansOf(method.getDeclaringClass());
    return found.size() == 1 ? found.get(0) : null;
  }

  private static List<WovenBeans> withBeansOf(Class<?> declaring) {
    return OPEN.stream()
        .map(WeakReference::get)
        .filter(
            context ->
                context != null && context.classes.stream().anyMatch(declaring::isAssignableFrom))
        .toList();
  }

  /** Asked for when first needed: there may be no beans yet when this is installed. */
  private TransactionalMethods methods() {
    TransactionalMethods known = methods;
    if (known == null) {
      known = factory.getBean(TransactionalMethods.class);
      methods = known; // one bean, whoever asks first
    }
    return known;
  }

  private static @Nullable TransactionalMethod refuseIfAnnotated(
      Method method, Class<?> type, @Nullable Object object) {
    if (NearestAnnotation.TRANSACTIONAL.ofExecution(method, type) == null) {
      return null;
    }
    String refused = Wording.method(method) + " is woven, and was not run: ";
    throw new IllegalStateException(
        object == null ? ofNoContext(refused, method) : ofNoBean(refused, type));
  }

  private static String ofNoBean(String refused, Class<?> type) {
    return "TXH-682 "
        + refused
        + "this "
        + ClassUtils.getShortName(ClassUtils.getUserClass(type))
        + " is no bean of an application context with @EnableTransactionHosts, or is none yet,"
        + " so it is not known which hosts are meant. Let Spring make the object, or make it"
        + " known by beanFactory.autowireBean(object). Do not call the method in a"
        + " constructor. Or call host.withTransaction(..) instead of annotating";
  }

  private static String ofNoContext(String refused, Method method) {
    return "TXH-683 "
        + refused
        + "it is static, and "
        + (withBeansOf(method.getDeclaringClass()).isEmpty()
            ? "no running application context with @EnableTransactionHosts has a bean of "
            : "several running application contexts have beans of ")
        + ClassUtils.getShortName(method.getDeclaringClass())
        + ", so it is not known which hosts are meant. Make it an instance method of a bean, or call"
        + " host.withTransaction(..) instead of annotating";
  }

  private void note(Object bean) {
    Class<?> type = ClassUtils.getUserClass(bean);
    if (classes.contains(type) || Weaving.hasWovenMethods(type)) {
      classes.add(type);
      forgetTheGone();
      KNOWN.put(new Known(bean), self);
    }
  }

  private static void forgetTheGone() {
    for (Object gone = GONE.poll(); gone != null; gone = GONE.poll()) {
      KNOWN.remove(gone);
    }
  }

  @Override
  public boolean postProcessAfterInstantiation(Object bean, String name) {
    note(bean);
    return true;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    noteTarget(bean);
    return bean;
  }

  /** An object that was registered as it is came to none of the above. */
  @Override
  public void made(InspectedBean bean, Findings findings) {
    Object registered =
        factory.containsBeanDefinition(bean.name()) ? null : factory.getSingleton(bean.name());
    if (registered != null) {
      noteTarget(registered);
    }
  }

  private void noteTarget(Object bean) {
    Object target = bean instanceof Advised ? AopProxyUtils.getSingletonTarget(bean) : bean;
    if (target != null) {
      note(target);
    }
  }

  @Override
  public void destroy() {
    OPEN.remove(self);
    OPEN.removeIf(context -> context.get() == null);
  }

  /** An object that is known for as long as it lives. */
  private static final class Known extends WeakReference<Object> {
    private final int hash;

    Known(Object object) {
      super(object, GONE);
      this.hash = System.identityHashCode(object);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      Object object = get();
      return object != null && other instanceof Known known && known.get() == object;
    }
  }

  /** Equal to what is known of the object. */
  private record Sought(Object object) {
    @Override
    public int hashCode() {
      return System.identityHashCode(object);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Known known && known.get() == object;
    }
  }
}
