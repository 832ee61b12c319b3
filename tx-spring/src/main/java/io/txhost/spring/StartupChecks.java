package io.txhost.spring;

import io.txhost.TransactionHosts;
import io.txhost.Transactional;
import io.txhost.context.ContextInitializer;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactoryInitializer;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.AsyncAnnotationBeanPostProcessor;

/**
 * Refuses the start where an annotation could not take effect. Three times, because a bean's class
 * is known in steps: all beans by their declared classes, before any singleton is made; each by its
 * own class, when it is made; and when all are made, whether they got their proxies.
 *
 * <p><b>Threads:</b> beans may be made by several threads at once.
 */
final class StartupChecks
    implements BeanFactoryPostProcessor,
        BeanFactoryInitializer<ConfigurableListableBeanFactory>,
        SmartInitializingSingleton {
  private static final System.Logger LOG = System.getLogger("io.txhost.spring");

  private final ConfigurableListableBeanFactory beans;
  private final Boundaries boundaries;
  private final ProxyShape shape;
  private final List<StartupCheck> checks;
  private final Set<Inspected> inspected = ConcurrentHashMap.newKeySet();
  private final Set<String> made = ConcurrentHashMap.newKeySet();
  private volatile boolean started;

  /** Null while definitions may still be added. */
  private volatile @Nullable Boolean asyncEnabled;

  StartupChecks(
      ConfigurableListableBeanFactory beans, Boundaries boundaries, Environment environment) {
    this.beans = beans;
    this.boundaries = boundaries;
    this.shape = new ProxyShape(beans);
    this.checks =
        List.of(
            new ForeignTransactional(beans.getBeanClassLoader(), environment),
            new TransactionalListeners(beans.getBeanClassLoader()),
            new BesideTheHosts(beans));
  }

  /**
   * Not declared as a bean: so it is there before all others, and sees also those that are made
   * early.
   */
  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
    made.addAll(EarlyBeans.of(factory));
    factory.addBeanPostProcessor(new Arrivals());
  }

  @Override
  public void initialize(ConfigurableListableBeanFactory factory) {
    asyncEnabled = isAsyncEnabled();
    Findings findings = new Findings();
    BeanGraph graph = new BeanGraph(beans, types());
    graph
        .types()
        .forEach(
            (name, type) -> {
              inspectDeclared(name, type, findings);
              findings.refuseAll(notHandedOn(name, type));
            });
    checks.forEach(check -> check.declared(graph, findings));
    findings.conclude();
  }

  @Override
  public void afterSingletonsInstantiated() {
    started = true;
    Findings findings = new Findings();
    BeanGraph graph = new BeanGraph(beans, types());
    boolean hasContexts = false;
    for (Map.Entry<String, Class<?>> bean : graph.types().entrySet()) {
      hasContexts |= inspectMade(bean.getKey(), bean.getValue(), findings);
    }
    if (hasContexts) {
      findings.refuseAll(initializersOfUnknownSources());
    }
    checks.forEach(check -> check.made(graph, findings));
    made.clear();
    findings.conclude();
  }

  private void inspectDeclared(String name, Class<?> type, Findings findings) {
    Inspection<Transactional> inspection = inspect(Nearest.TRANSACTIONAL, name, type);
    findings.refuseAll(inspection.findings());
    findings.refuseAll(inspect(Nearest.WITH_CONTEXT, name, type).findings());
    findings.refuseAll(unknownHosts(inspection, name));
  }

  /** Whether the bean has methods that run in a context. */
  private boolean inspectMade(String name, Class<?> type, Findings findings) {
    Inspection<Transactional> inspection = inspect(Nearest.TRANSACTIONAL, name, type);
    Inspection<WithContext> inContext = inspect(Nearest.WITH_CONTEXT, name, type);
    findings.refuseAll(inspection.findings());
    findings.refuseAll(inContext.findings());
    findings.refuseAll(unknownHosts(inspection, name));
    findings.refuse(notAdvised(inspection, TransactionalAdvisor.class, name));
    findings.refuse(notAdvised(inContext, WithContextAdvisor.class, name));
    return !inContext.covered().isEmpty();
  }

  // ---- which beans

  /**
   * All bean names; of a scoped bean its target's alone, since the scoped proxy only leads to it.
   */
  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>(Arrays.asList(beans.getBeanDefinitionNames()));
    names.addAll(Arrays.asList(beans.getSingletonNames()));
    names.removeIf(
        name ->
            names.contains(ScopedProxyUtils.getTargetBeanName(name))
                || (beans.containsBeanDefinition(name)
                    && beans.getMergedBeanDefinition(name).isAbstract()));
    return names;
  }

  /** The class of each, where it is known. */
  private Map<String, Class<?>> types() {
    Map<String, Class<?>> types = new LinkedHashMap<>();
    for (String name : names()) {
      Class<?> type = typeOf(name);
      if (type != null) {
        types.put(name, type);
      }
    }
    return types;
  }

  /** The class of the bean where it exists, else what its definition says. Creates nothing. */
  private @Nullable Class<?> typeOf(String name) {
    Object bean = beans.containsSingleton(name) ? beans.getSingleton(name) : null;
    return bean != null ? AopProxyUtils.ultimateTargetClass(bean) : beans.getType(name, false);
  }

  // ---- what is looked for

  private <A extends Annotation> Inspection<A> inspect(
      Nearest<A> sought, String name, Class<?> type) {
    Inspection<A> inspection =
        Inspection.of(
            sought,
            Wording.bean(name),
            type,
            shape.isSubclass(name, type),
            isAsyncEnabled(),
            RawCalls.of(beans, name, type));
    if (inspection.findings().isEmpty() && inspected.add(new Inspected(type, sought))) {
      inspection.warnings().forEach(w -> LOG.log(System.Logger.Level.WARNING, w));
    }
    return inspection;
  }

  /** By type: Spring 6.2 and 7 give what {@code @EnableAsync} registers different names. */
  private boolean isAsyncEnabled() {
    Boolean known = asyncEnabled;
    return known != null
        ? known
        : beans.getBeanNamesForType(AsyncAnnotationBeanPostProcessor.class, true, false).length > 0;
  }

  /** By the declared class, of which the proxy is made. */
  private List<String> notHandedOn(String name, Class<?> type) {
    return ScopedProxyUtils.isScopedTarget(name)
            && ContextBeans.SCOPE.equals(beans.getMergedBeanDefinition(name).getScope())
            && shape.isSubclass(name, type)
        ? ScopedMethods.findings(Wording.bean(name), type)
        : List.of();
  }

  private List<String> unknownHosts(Inspection<Transactional> inspection, String name) {
    Set<String> findings = new LinkedHashSet<>();
    inspection
        .covered()
        .forEach(
            (method, annotation) -> {
              String problem = unknown(annotation);
              if (problem != null) {
                findings.add(
                    "TXH-608 bean '"
                        + Wording.bean(name)
                        + "': the @Transactional of "
                        + Wording.method(method)
                        + " "
                        + problem);
              }
            });
    return List.copyOf(findings);
  }

  private @Nullable String unknown(Transactional annotation) {
    TransactionHosts hosts = boundaries.hosts();
    Set<String> known = hosts.names();
    String host = annotation.host();
    if (known.isEmpty()) {
      return "finds no host: declare a TransactionHost bean.";
    }
    if (host.isEmpty() && known.size() > 1 && !known.contains("default")) {
      return "names no host, and none of " + known + " is named 'default'; name one of them.";
    }
    if (!host.isEmpty() && !known.contains(host)) {
      return "names the host '"
          + host
          + "', known are "
          + known
          + "; name one of them, or declare a TransactionHost bean of that name.";
    }
    return null;
  }

  /** Spring takes those for what they may not be for. */
  private List<String> initializersOfUnknownSources() {
    List<String> findings = new ArrayList<>();
    for (String name : beans.getBeanNamesForType(ContextInitializer.class, true, false)) {
      ResolvableType declared =
          beans.containsBeanDefinition(name)
              ? beans.getMergedBeanDefinition(name).getResolvableType()
              : ResolvableType.forInstance(beans.getBean(name));
      if (declared.as(ContextInitializer.class).getGeneric().resolve() == null) {
        findings.add(
            "TXH-622 bean '"
                + name
                + "': "
                + declared
                + " does not say what it initializes contexts for, so it would be called for each"
                + " @WithContext method, with a MethodInvocation; declare its type argument, as a"
                + " bean method's result ContextInitializer<HttpServletRequest> does, or"
                + " ContextInitializer<Object> if it takes anything.");
      }
    }
    return findings;
  }

  /**
   * An object put into the factory in the place of a defined bean is a test's mock, and none of
   * Spring's making.
   */
  private @Nullable String notAdvised(
      Inspection<?> inspection, Class<? extends Advisor> advisor, String name) {
    Object bean = beans.containsSingleton(name) ? beans.getSingleton(name) : null;
    if (bean == null
        || inspection.covered().isEmpty()
        || bean instanceof ScopedObject
        || (!made.contains(name) && beans.containsBeanDefinition(name))
        || isAdvised(bean, advisor)) {
      return null;
    }
    return "TXH-610 bean '"
        + name
        + "': it has "
        + inspection.sought()
        + " methods ("
        + Wording.method(inspection.covered().keySet().iterator().next())
        + ") but no proxy, so they would run without a "
        + inspection.noun()
        + ": it is itself advice, a BeanFactoryPostProcessor or a"
        + " BeanPostProcessor, was created early because one of those needs it, or was registered as a"
        + " finished object; move the methods to a bean of their own, or let that processor find it"
        + " through an ObjectProvider.";
  }

  private static boolean isAdvised(Object bean, Class<? extends Advisor> sought) {
    if (bean instanceof SpringProxy && !(bean instanceof Advised)) {
      return true; // opaque by configuration: it cannot be looked into
    }
    Object next = bean;
    while (next instanceof Advised advised) {
      if (Arrays.stream(advised.getAdvisors()).anyMatch(sought::isInstance)) {
        return true;
      }
      next = AopProxyUtils.getSingletonTarget(advised);
    }
    return false;
  }

  /**
   * Looks at each bean by the class it really has: a factory method may declare only an interface.
   */
  private final class Arrivals implements BeanPostProcessor {
    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
      arrived(bean, name);
      return bean;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      arrived(bean, name); // a FactoryBean's product comes only here
      return bean;
    }

    private void arrived(Object bean, String name) {
      if (!started) {
        made.add(name);
      }
      Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
      if (beans.containsSingleton(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME)) {
        refuseUnlessInspected(Nearest.TRANSACTIONAL, name, type);
        refuseUnlessInspected(Nearest.WITH_CONTEXT, name, type);
      }
    }

    private void refuseUnlessInspected(Nearest<?> sought, String name, Class<?> type) {
      if (!inspected.contains(new Inspected(type, sought))) {
        Findings findings = new Findings();
        findings.refuseAll(inspect(sought, name, type).findings());
        findings.conclude();
      }
    }
  }

  /** A class without a finding. */
  private record Inspected(Class<?> type, Nearest<?> sought) {}
}
