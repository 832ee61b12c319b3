package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.jooq.JooqAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What Spring Boot prints where an application does not start. */
@ExtendWith(OutputCaptureExtension.class)
final class FailureAnalysisTest {
  private static final Pattern REFUSAL = Pattern.compile("\"(TXH-6\\d\\d)");

  /** Warnings, and what is thrown while the application runs or by Spring itself. */
  private static final Set<String> NO_REFUSALS =
      Set.of(
          "TXH-600", "TXH-615", "TXH-616", "TXH-620", "TXH-621", "TXH-624", "TXH-625", "TXH-626",
          "TXH-628", "TXH-682", "TXH-683", "TXH-690");

  @Test
  void aRefusedAnnotationIsPrintedWithItsAction(CapturedOutput log) {
    fails(Refused.class);

    assertThat(printed(log))
        .contains("APPLICATION FAILED TO START")
        .contains("- TXH-601 ")
        .contains("Action:")
        .contains("TXH-601: Annotate a public method that another bean calls");
  }

  @Test
  void aHostThatSeveralMatchIsPrintedWithTheirNames(CapturedOutput log) {
    fails(Ambiguous.class);

    assertThat(printed(log))
        .contains("TXH-628 2 hosts match TransactionHost<Connection>")
        .contains(
            "TransactionHost<Connection> of the host 'orders', bean 'ordersTransactionHost'",
            "TransactionHost<DSLContext> of the host 'billing', bean 'billingDslTransactionHost'")
        .contains("@Qualifier takes the host's name");
  }

  @Test
  void aHostOfAnotherNameIsPrintedWithThoseThatThereAre(CapturedOutput log) {
    fails(Misnamed.class, "--spring.datasource.url=jdbc:h2:mem:misnamed");

    assertThat(printed(log))
        .contains("A TransactionHost<Connection> was asked for, and there is none that fits.")
        .contains("TransactionHost<Connection> of the host 'default', bean 'transactionHost'")
        .contains("Ask for one of those hosts");
  }

  @Test
  void whereTheAdapterIsMissingItIsNamed() {
    DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    beans.setBeanClassLoader(new FilteredClassLoader(JooqAdapter.class));

    assertThat(
            new HostLookupAnalyzer(beans)
                .analyze(new NoSuchBeanDefinitionException(ConnectionHost.typeOf(DSLContext.class)))
                .getAction())
        .isEqualTo("Add the dependency io.txhost:tx-adapter-jooq.");
  }

  @Test
  void withoutDataSourceItSaysWhatGivesOne(CapturedOutput log) {
    fails(Orders.class, withoutDataSource());

    assertThat(printed(log)).contains("There is no host at all.").contains("spring.datasource.url");
  }

  private static String withoutDataSource() {
    return "--spring.autoconfigure.exclude="
        + Stream.of(Applications.configurations())
            .map(Class::getName)
            .filter(name -> name.endsWith(".DataSourceAutoConfiguration"))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void anAnnotationThatFindsNoHostIsPrintedWithWhatGivesOne(CapturedOutput log) {
    fails(Annotated.class, withoutDataSource());

    assertThat(printed(log))
        .contains("finds no host, since this application has none")
        .contains("TXH-608: Give the application a DataSource: spring-boot-starter-jdbc, a driver")
        .doesNotContain("Take one of the names");
  }

  @Test
  void aRetryWithoutAttemptsIsPrintedAtTheSettingThatIsThere(CapturedOutput log) {
    fails(
        Plain.class, "--spring.datasource.url=jdbc:h2:mem:p", "--txhost.retry.initial-delay=20ms");

    assertThat(printed(log))
        .contains("configuration property 'txhost.retry.initial-delay'")
        .contains("txhost.retry.max-attempts is missing");
  }

  @Test
  void aFactoryBeanThatDoesNotSayWhatItMakesIsNamed(CapturedOutput log) {
    fails(Silent.class, withoutDataSource());

    assertThat(printed(log))
        .contains("There is no host at all.")
        .contains("These FactoryBeans do not say what they make: 'silent'.")
        .contains("FactoryBean<DataSource>");
  }

  @Test
  void aPropertyIsPrintedWithItsReason(CapturedOutput log) {
    fails(
        Plain.class,
        "--spring.datasource.url=jdbc:h2:mem:p",
        "--txhost.hosts.x.fallback-policy=deny");

    assertThat(printed(log))
        .contains("configuration property 'txhost.hosts.x'")
        .contains("TXH-660")
        .contains("It makes default.");
  }

  @Test
  void aValueThatIsNoneIsPrintedWithThoseThatThereAre(CapturedOutput log) {
    fails(Plain.class, "--spring.datasource.url=jdbc:h2:mem:p", "--txhost.fallback-policy=denied");

    assertThat(printed(log)).contains("txhost.fallback-policy", "ALLOW", "READ_ONLY", "DENY");
  }

  @Test
  void everyRefusalOfTxSpringHasAnAction() throws IOException {
    Set<String> codes = new TreeSet<>();
    try (Stream<Path> sources =
        Files.list(Path.of("../tx-spring/src/main/java/io/txhost/spring"))) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        REFUSAL
            .matcher(Files.readString(source))
            .results()
            .forEach(code -> codes.add(code.group(1)));
      }
    }
    codes.removeAll(NO_REFUSALS);

    assertThat(codes)
        .hasSizeGreaterThan(15)
        .allSatisfy(code -> assertThat(StartupActions.knows(code)).as(code).isTrue());
  }

  private static void fails(Class<?> application, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--spring.main.banner-mode=off");
    SpringApplication starting = new SpringApplication(application);
    starting.setWebApplicationType(WebApplicationType.NONE);
    assertThatThrownBy(() -> starting.run(all.toArray(String[]::new))).isNotNull();
  }

  private static String printed(CapturedOutput log) {
    String all = log.getAll();
    int start = all.indexOf("APPLICATION FAILED TO START");
    assertThat(start).as(all).isNotNegative();
    return all.substring(start);
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Plain {}

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Annotated {
    @Bean
    Paying paying() {
      return new Paying();
    }
  }

  static class Paying {
    @Transactional
    public void pay() {}
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Refused {
    @Bean
    DataSource database() {
      return Applications.database();
    }

    @Bean
    Hidden hidden() {
      return new Hidden();
    }
  }

  static class Hidden {
    @Transactional
    @SuppressWarnings("unused")
    private void pay() {}
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration(
      excludeName = {
        "org.springframework.boot.jooq.autoconfigure.JooqAutoConfiguration",
        "org.springframework.boot.autoconfigure.jooq.JooqAutoConfiguration"
      })
  static class Ambiguous {
    @Bean
    DataSource orders() {
      return Applications.database();
    }

    @Bean
    DataSource billing() {
      return Applications.database();
    }

    @Bean
    String user(TransactionHost<Connection> host) {
      return host.name();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Misnamed {
    @Bean
    String user(@Qualifier("billing") TransactionHost<Connection> host) {
      return host.name();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Orders {
    @Bean
    String user(TransactionHost<DSLContext> host) {
      return host.name();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Silent {
    @Bean
    FactoryBean<?> silent() {
      return new DeclaredPoolsTest.Made();
    }

    @Bean
    String needing(TransactionHost<Connection> host) {
      return host.name();
    }
  }
}
