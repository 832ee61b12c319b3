package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.jooq.JooqAdapter;
import io.txhost.servlet.ContextFilter;
import io.txhost.test.NothingLeftBehind;
import jakarta.servlet.Filter;
import java.sql.Connection;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** What is there where a library is not. */
@ExtendWith(NothingLeftBehind.class)
final class AbsentLibrariesTest {

  /** What is absent, and the beans that are there all the same. */
  private record Absence(Class<?> library, List<String> hosts) {
    @Override
    public String toString() {
      return library.getSimpleName();
    }
  }

  static List<Absence> absences() {
    List<String> withoutJdbi = List.of("transactionHost", "dslTransactionHost");
    List<String> withoutJooq = List.of("transactionHost", "handleTransactionHost");
    List<String> all = List.of("transactionHost", "handleTransactionHost", "dslTransactionHost");
    return List.of(
        new Absence(Jdbi.class, withoutJdbi),
        new Absence(JdbiAdapter.class, withoutJdbi),
        new Absence(DSLContext.class, withoutJooq),
        new Absence(JooqAdapter.class, withoutJooq),
        new Absence(ContextFilter.class, all),
        new Absence(Filter.class, all));
  }

  @ParameterizedTest
  @MethodSource("absences")
  void theRestIsThere(Absence absence) {
    Applications.withPool()
        .withClassLoader(new FilteredClassLoader(absence.library()))
        .run(
            context -> {
              assertThat(context.getBeanNamesForType(TransactionHost.class))
                  .containsExactlyInAnyOrderElementsOf(absence.hosts());
              assertThat(host(context, Connection.class).name()).isEqualTo("default");
            });
  }

  @Test
  void onlyAWebApplicationHasRequestContexts() {
    Applications.withPool().run(context -> assertThat(context).doesNotHaveBean("requestContexts"));
    web().run(context -> assertThat(context).hasBean("requestContexts"));
  }

  @Test
  void aContextFilterOfTheApplicationsStandsInPlaceOfOurs() {
    web()
        .withBean(ContextFilter.class, ContextFilter::create)
        .run(context -> assertThat(context).doesNotHaveBean("requestContexts"));
  }

  private static WebApplicationContextRunner web() {
    return new WebApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(Applications.configurations()))
        .withPropertyValues("spring.datasource.url=jdbc:h2:mem:absent");
  }
}
