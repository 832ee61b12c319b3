package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.spring.Applications.OneHost;
import io.txhost.test.NothingLeftBehind;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.BeanNameAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.support.GenericXmlApplicationContext;
import org.springframework.core.io.ByteArrayResource;

// E10
@ExtendWith(NothingLeftBehind.class)
class RawCallTest {
  @RegisterExtension final LogRecorder log = new LogRecorder();

  static class ByPostConstruct {
    @PostConstruct
    @Transactional
    public void load() {
      throw new AssertionError("called");
    }
  }

  static class ByPreDestroy {
    @PreDestroy
    @Transactional
    public void save() {}
  }

  static class ByInitializingBean implements InitializingBean {
    @Override
    @Transactional
    public void afterPropertiesSet() {}
  }

  static class ByDisposableBean implements DisposableBean {
    @Override
    @Transactional
    public void destroy() {}
  }

  static class ByAutoCloseable implements AutoCloseable {
    @Override
    @Transactional
    public void close() {}
  }

  static class ByName implements BeanNameAware {
    @Override
    @Transactional
    public void setBeanName(String name) {}
  }

  static class ByInjection {
    @Autowired
    @Transactional
    public void use(TransactionHost<String> host) {}
  }

  static class Base {
    @PostConstruct
    public void load() {}
  }

  static class ByOverriding extends Base {
    @Override
    @Transactional
    public void load() {}
  }

  interface Annotated {
    @Transactional
    void load();
  }

  static class ByInterface implements Annotated {
    @Override
    @PostConstruct
    public void load() {}
  }

  static class InContext {
    @PostConstruct
    @WithContext
    public void load() {}
  }

  static class Methods {
    @Transactional
    public void open() {}

    @Transactional
    public void end() {}
  }

  @Configuration
  static class ByInitMethod {
    @Bean(initMethod = "open")
    Methods made() {
      return new Methods();
    }
  }

  @Configuration
  static class ByDestroyMethod {
    @Bean(destroyMethod = "end")
    Methods made() {
      return new Methods();
    }
  }

  static class Stops {
    @Transactional
    public void shutdown() {}
  }

  @Configuration
  static class ByInference {
    @Bean
    Stops made() {
      return new Stops();
    }
  }

  /** The declared type says nothing: it is known when the bean is made. */
  @Configuration
  static class Undeclared {
    @Bean
    Object made() {
      return new ByPostConstruct();
    }
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(ByPostConstruct.class, "ByPostConstruct.load()", "@PostConstruct"),
        Arguments.of(ByPreDestroy.class, "ByPreDestroy.save()", "@PreDestroy"),
        Arguments.of(
            ByInitializingBean.class,
            "ByInitializingBean.afterPropertiesSet()",
            "InitializingBean"),
        Arguments.of(ByDisposableBean.class, "ByDisposableBean.destroy()", "DisposableBean"),
        Arguments.of(ByAutoCloseable.class, "ByAutoCloseable.close()", "its destroy method"),
        Arguments.of(ByName.class, "ByName.setBeanName(String)", "BeanNameAware"),
        Arguments.of(ByInjection.class, "ByInjection.use(TransactionHost)", "@Autowired"),
        Arguments.of(ByOverriding.class, "ByOverriding.load()", "@PostConstruct"),
        Arguments.of(ByInterface.class, "ByInterface.load()", "@PostConstruct"),
        Arguments.of(ByInitMethod.class, "Methods.open()", "its init method"),
        Arguments.of(ByDestroyMethod.class, "Methods.end()", "its destroy method"),
        Arguments.of(ByInference.class, "Stops.shutdown()", "its destroy method"),
        Arguments.of(Undeclared.class, "ByPostConstruct.load()", "@PostConstruct"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void anAnnotatedMethodThatSpringCallsOnTheBeanItselfIsRefused(
      Class<?> component, String method, String how) {
    assertThat(Applications.findingOf(OneHost.class, component))
        .startsWith("TXH-623 bean '")
        .contains(
            "method RawCallTest."
                + method
                + " is called by Spring on the bean itself ("
                + how
                + ")")
        .contains(
            "so its @Transactional would be ignored; wrap the body in host.withTransaction(..)");
  }

  @Test
  void theRefusalSaysWhatToDoInstead() {
    assertThat(Applications.findingOf(OneHost.class, ByPostConstruct.class))
        .isEqualTo(
            "TXH-623 bean 'rawCallTest.ByPostConstruct': method RawCallTest.ByPostConstruct.load()"
                + " is called by Spring on the bean itself (@PostConstruct), past its proxy, so its"
                + " @Transactional would be ignored; wrap the body in host.withTransaction(..), or"
                + " annotate what an @EventListener for ApplicationReadyEvent calls (without Spring"
                + " Boot: ContextRefreshedEvent).");
    assertThat(Applications.findingOf(OneHost.class, ByPreDestroy.class))
        .endsWith("or annotate an @EventListener for ContextClosedEvent, which comes before.");
    assertThat(Applications.findingOf(OneHost.class, InContext.class))
        .contains("so its @WithContext would be ignored; wrap the body in Context.call(..), or");
  }

  @Test
  void aMethodThatADefinitionInXmlNamesIsRefused() {
    String xml =
        """
        <beans xmlns="http://www.springframework.org/schema/beans"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xsi:schemaLocation="http://www.springframework.org/schema/beans
                https://www.springframework.org/schema/beans/spring-beans.xsd">
          <bean class="org.springframework.context.annotation.ConfigurationClassPostProcessor"/>
          <bean class="io.txhost.spring.Applications$OneHost"/>
          <bean id="methods" class="io.txhost.spring.RawCallTest$Methods" init-method="open"/>
        </beans>
        """;
    Throwable refused =
        catchThrowable(
            () -> new GenericXmlApplicationContext(new ByteArrayResource(xml.getBytes())).close());
    assertThat(Applications.refusalIn(refused).findings())
        .singleElement()
        .asString()
        .startsWith("TXH-623 bean 'methods': method RawCallTest.Methods.open()");
  }

  @Transactional
  static class OnItsClass implements AutoCloseable, BeanNameAware {
    @PostConstruct
    public void load() {}

    @PostConstruct
    private void loadMore() {}

    @Autowired
    public void use(TransactionHost<String> host) {}

    @Override
    public void setBeanName(String name) {}

    public void pay() {}

    @Override
    public void close() {}
  }

  @Test
  void whereTheAnnotationIsTheClasssItIsAWarningForWhatMayDoWork() {
    Applications.start(OneHost.class, OnItsClass.class).close();

    assertThat(log.messages())
        .containsExactlyInAnyOrder(
            "TXH-624 bean 'rawCallTest.OnItsClass': method RawCallTest.OnItsClass.load() is called by"
                + " Spring on the bean itself (@PostConstruct), past its proxy, so that the"
                + " @Transactional of its class does not hold there; if it needs a transaction, wrap"
                + " the body in host.withTransaction(..), or annotate what an @EventListener for"
                + " ApplicationReadyEvent calls (without Spring Boot: ContextRefreshedEvent).",
            log.messages().stream().filter(m -> m.contains("loadMore()")).findAny().orElseThrow(),
            log.messages().stream().filter(m -> m.contains("close()")).findAny().orElseThrow());
  }

  static class Loads {
    private final TransactionHost<String> host;
    private boolean loaded;

    Loads(TransactionHost<String> host) {
      this.host = host;
    }

    @PostConstruct
    void load() {
      host.withTransaction(
          () -> {
            loaded = host.isTransactionActive();
          });
    }
  }

  @Test
  void whatIsWrappedByHandInsteadIsInATransaction() {
    try (var application = Applications.start(OneHost.class, Loads.class)) {
      assertThat(application.getBean(Loads.class).loaded).isTrue();
    }
  }

  static class Listener {
    @Transactional
    public void close() {}

    @Transactional
    public void init() {}
  }

  /** Nothing of it is called by Spring. */
  @Configuration
  static class NotCalled {
    @Bean(destroyMethod = "")
    Listener turnedOff() {
      return new Listener();
    }

    @Bean
    @Scope("prototype")
    ByAutoCloseable neverDestroyed() {
      return new ByAutoCloseable();
    }

    @Bean
    @Lazy
    ProductMaker product() {
      return new ProductMaker();
    }
  }

  static class ProductMaker implements FactoryBean<ByPostConstruct> {
    @Override
    public ByPostConstruct getObject() {
      return new ByPostConstruct();
    }

    @Override
    public Class<?> getObjectType() {
      return ByPostConstruct.class;
    }
  }

  @Test
  void whatSpringDoesNotCallIsNeitherRefusedNorWarnedOf() {
    try (var application = new AnnotationConfigApplicationContext()) {
      application.register(OneHost.class, NotCalled.class);
      application.refresh();
      application.getBean("neverDestroyed", ByAutoCloseable.class).close();
      assertThat(application.getBean(ByPostConstruct.class)).isNotNull();
    }
    assertThat(log.messages()).isEmpty();
  }
}
