package io.txhost.spring.boot;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** Applications as Spring Boot would configure them, and what is in them. */
final class Applications {
  private Applications() {}

  /** With what this starter has, and what Spring Boot 3.5 or 4 has for JDBC and jOOQ. */
  static ApplicationContextRunner withPool() {
    return withoutPool()
        .withPropertyValues(
            "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
  }

  static ApplicationContextRunner withoutPool() {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(configurations()));
  }

  static Class<?>[] configurations() {
    return Stream.of(
            "io.txhost.spring.boot.TxHostAutoConfiguration",
            "io.txhost.spring.boot.TxHostContextAutoConfiguration",
            "io.txhost.spring.boot.TxHostJdbiAutoConfiguration",
            "io.txhost.spring.boot.TxHostJooqAutoConfiguration",
            "io.txhost.spring.boot.TxHostTransactionAutoConfiguration",
            "org.springframework.boot.autoconfigure.aop.AopAutoConfiguration",
            boots("jdbc.autoconfigure.DataSource", "autoconfigure.jdbc.DataSource"),
            boots("jdbc.autoconfigure.JdbcTemplate", "autoconfigure.jdbc.JdbcTemplate"),
            boots("jdbc.autoconfigure.JdbcClient", "autoconfigure.jdbc.JdbcClient"),
            boots(
                "jdbc.autoconfigure.DataSourceTransactionManager",
                "autoconfigure.jdbc.DataSourceTransactionManager"),
            boots("transaction.autoconfigure.Transaction", "autoconfigure.transaction.Transaction"),
            boots("jooq.autoconfigure.Jooq", "autoconfigure.jooq.Jooq"))
        .map(Applications::loaded)
        .toArray(Class<?>[]::new);
  }

  /** What hands Spring's settings to managers. */
  static Class<?> customization() {
    return loaded(
        boots(
            "transaction.autoconfigure.TransactionManagerCustomization",
            "autoconfigure.transaction.TransactionManagerCustomization"));
  }

  static String boots(String newName, String oldName) {
    String found = "org.springframework.boot." + newName + "AutoConfiguration";
    return ClassUtils.isPresent(found, null)
        ? found
        : "org.springframework.boot." + oldName + "AutoConfiguration";
  }

  static Class<?> loaded(String name) {
    return ClassUtils.resolveClassName(name, null);
  }

  static DataSource database() {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    return database;
  }

  static <T> TransactionHost<T> host(ApplicationContext context, Class<T> resource) {
    return context
        .<TransactionHost<T>>getBeanProvider(
            ResolvableType.forClassWithGenerics(TransactionHost.class, resource))
        .getObject();
  }

  static void table(ApplicationContext context) {
    table(context.getBean(DataSource.class));
  }

  static void table(DataSource database) {
    try (Connection connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create table item (id int primary key)");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As another connection sees it. */
  static int items(ApplicationContext context) {
    return items(context.getBean(DataSource.class));
  }

  static int items(DataSource database) {
    try (Connection connection = database.getConnection();
        var rows = connection.createStatement().executeQuery("select count(*) from item")) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static void insert(Connection connection, int id) throws SQLException {
    try (var insert = connection.prepareStatement("insert into item values (?)")) {
      insert.setInt(1, id);
      insert.executeUpdate();
    }
  }
}
