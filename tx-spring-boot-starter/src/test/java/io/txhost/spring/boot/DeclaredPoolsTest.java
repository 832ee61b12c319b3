package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static io.txhost.spring.boot.Applications.items;
import static io.txhost.spring.boot.Applications.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.test.NothingLeftBehind;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.spi.InitialContextFactory;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Pools that are not made by a bean method of their type. */
@ExtendWith(NothingLeftBehind.class)
final class DeclaredPoolsTest {
  private static final DataSource BOUND = Applications.database();

  @Test
  void whatAFactoryBeanIsDeclaredToMakeHasAHost() {
    Applications.withoutPool()
        .withUserConfiguration(Declaring.class)
        .run(DeclaredPoolsTest::commitsOnItsPool);
  }

  @Test
  void aDataSourceThatIsLookedUpHasAHost() {
    Applications.withoutPool()
        .withConfiguration(
            AutoConfigurations.of(
                Applications.loaded(
                    Applications.boots(
                        "jdbc.autoconfigure.JndiDataSource", "autoconfigure.jdbc.JndiDataSource"))))
        .withPropertyValues("spring.datasource.jndi-name=jdbc/bound")
        .withSystemProperties(Context.INITIAL_CONTEXT_FACTORY + "=" + Names.class.getName())
        .run(
            context -> {
              assertThat(context.getBean(DataSource.class)).isSameAs(BOUND);
              commitsOnItsPool(context);
            });
  }

  private static void commitsOnItsPool(ApplicationContext context) throws SQLException {
    table(context);
    TransactionHost<Connection> host = host(context, Connection.class);
    assertThat(host.name()).isEqualTo("default");
    host.withTransaction(
        () -> {
          Applications.insert(host.tx(), 1);
          assertThat(items(context)).isZero();
        });
    assertThat(items(context)).isEqualTo(1);
  }

  /** What an application server hands out. */
  public static final class Names implements InitialContextFactory {
    @Override
    public Context getInitialContext(@Nullable Hashtable<?, ?> environment) {
      return (Context)
          Proxy.newProxyInstance(
              Names.class.getClassLoader(),
              new Class<?>[] {Context.class},
              (proxy, method, arguments) -> method.getName().equals("lookup") ? BOUND : null);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Declaring {
    @Bean
    FactoryBean<DataSource> pool() {
      return new Made();
    }
  }

  /** Says what it makes when it is made, or where it is declared. */
  static final class Made implements FactoryBean<DataSource> {
    private final DataSource made = Applications.database();

    @Override
    public DataSource getObject() {
      return made;
    }

    @Override
    public Class<?> getObjectType() {
      return DataSource.class;
    }
  }
}
