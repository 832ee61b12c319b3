package io.txhost.spring.boot;

import io.txhost.TransactionHost;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * A host that was asked for, and is not there or is there more than once. Comes before Spring
 * Boot's own analysis, which knows of beans alone.
 */
final class HostLookupAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException>
    implements Ordered {

  /** What a view needs on the class path. */
  private enum View {
    HANDLE("org.jdbi.v3.core.Handle", "io.txhost.jdbi.JdbiAdapter", "tx-adapter-jdbi"),
    DSL("org.jooq.DSLContext", "io.txhost.jooq.JooqAdapter", "tx-adapter-jooq");

    private final String resource;
    private final String adapter;
    private final String artifact;

    View(String resource, String adapter, String artifact) {
      this.resource = resource;
      this.adapter = adapter;
      this.artifact = artifact;
    }

    boolean isMissing(String asked, @Nullable ClassLoader classes) {
      return resource.equals(asked) && !ClassUtils.isPresent(adapter, classes);
    }
  }

  private static final ResolvableType TYPE = ResolvableType.forClass(TransactionHost.class);

  private final @Nullable ListableBeanFactory beans;
  private final @Nullable ClassLoader classes;

  /** Called by Spring. */
  HostLookupAnalyzer(BeanFactory beans) {
    this.beans = beans instanceof ListableBeanFactory listable ? listable : null;
    this.classes =
        beans instanceof ConfigurableBeanFactory factory ? factory.getBeanClassLoader() : null;
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable rootFailure, NoSuchBeanDefinitionException cause) {
    ResolvableType asked = cause.getResolvableType();
    if (asked == null || asked.resolve() != TransactionHost.class) {
      return null;
    }
    return cause instanceof NoUniqueBeanDefinitionException several
        ? analysis(several.getMessage() + "\n" + named(hosts()), severalAction(), cause)
        : analysis(noneOf(asked), noneAction(asked), cause);
  }

  private static FailureAnalysis analysis(String text, String action, Exception cause) {
    return new FailureAnalysis(text, action, cause);
  }

  private static String severalAction() {
    return "Say which one where it is injected: @Qualifier takes the host's name. Or mark one"
        + " DataSource @Primary: its host is 'default', and comes in where nothing is said.";
  }

  private String noneOf(ResolvableType asked) {
    return "A " + shown(asked) + " was asked for, and there is none that fits.\n" + named(hosts());
  }

  private String noneAction(ResolvableType asked) {
    Class<?> resource = asked.getGeneric().resolve();
    String type = resource == null ? "" : resource.getName();
    for (View view : View.values()) {
      if (view.isMissing(type, classes)) {
        return "Add the dependency io.txhost:" + view.artifact + ".";
      }
    }
    if (!hosts().isEmpty()) {
      return "Ask for one of those hosts, by its type and its name. What shows hosts as another"
          + " type is an adapter: tx-adapter-jdbi for Handle, tx-adapter-jooq for DSLContext.";
    }
    List<String> silent = silentFactories();
    if (!silent.isEmpty() && !has(DataSource.class)) {
      return "These FactoryBeans do not say what they make: "
          + String.join(", ", silent)
          + ". Where that is the DataSource, let the bean method return DataSource or"
          + " FactoryBean<DataSource>: hosts are made over what is known to be one before any bean"
          + " is made.";
    }
    return has(DataSource.class)
        ? "There is a DataSource, and no host over it: see whether TxHostAutoConfiguration is"
            + " excluded, or the DataSource is no autowire candidate."
        : "Give the application a DataSource: spring-boot-starter-jdbc, a driver, and"
            + " spring.datasource.url. Each DataSource bean has a host.";
  }

  /** Of which it is not known, before they are made, what they make. */
  private List<String> silentFactories() {
    return beans == null
        ? List.of()
        : Arrays.stream(beans.getBeanNamesForType(FactoryBean.class, true, false))
            .map(BeanFactoryUtils::transformedBeanName)
            .filter(name -> isSilent(beans.getType(name, false)))
            .map(name -> "'" + name + "'")
            .toList();
  }

  private static boolean isSilent(@Nullable Class<?> made) {
    return made == null || made == Object.class;
  }

  private boolean has(Class<?> type) {
    return beans != null && beans.getBeanNamesForType(type, true, false).length > 0;
  }

  private List<String> hosts() {
    return beans == null
        ? List.of()
        : Arrays.stream(beans.getBeanNamesForType(TransactionHost.class, true, false))
            .map(this::described)
            .toList();
  }

  /** By its definition: the beans are gone by now. */
  private String described(String bean) {
    BeanDefinition definition = definitionOf(bean);
    String name = definition == null ? null : ConnectionHost.nameOf(definition);
    ResolvableType type = definition == null ? TYPE : definition.getResolvableType();
    return shown(type.resolve() == TransactionHost.class ? type : TYPE)
        + (name == null ? "" : " of the host '" + name + "'")
        + ", bean '"
        + bean
        + "'";
  }

  private @Nullable BeanDefinition definitionOf(String bean) {
    return beans instanceof ConfigurableListableBeanFactory factory
            && factory.containsBeanDefinition(bean)
        ? factory.getMergedBeanDefinition(bean)
        : null;
  }

  private static String named(List<String> hosts) {
    return hosts.isEmpty()
        ? "There is no host at all."
        : hosts.stream().collect(Collectors.joining("\n    - ", "There are:\n    - ", ""));
  }

  private static String shown(ResolvableType type) {
    Class<?> resource = type.getGeneric().resolve();
    return "TransactionHost" + (resource == null ? "" : "<" + resource.getSimpleName() + ">");
  }
}
