package io.txhost.spring.boot;

import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.ClassUtils;

/** Makes a Jdbi where the application has none. */
final class JdbiFactory {
  private static final boolean HAS_SQL_OBJECTS =
      ClassUtils.isPresent(
          "org.jdbi.v3.sqlobject.SqlObjectPlugin", JdbiFactory.class.getClassLoader());

  private JdbiFactory() {}

  /** With the plugins that are beans, and SqlObjects where they are on the class path. */
  static Jdbi jdbi(DataSource pool, ObjectProvider<JdbiPlugin> plugins) {
    Jdbi jdbi = Jdbi.create(pool);
    if (HAS_SQL_OBJECTS) {
      SqlObjects.install(jdbi);
    }
    plugins.orderedStream().forEach(jdbi::installPlugin);
    return jdbi;
  }

  /** A class of its own: it is loaded where they are there. */
  private static final class SqlObjects {
    static void install(Jdbi jdbi) {
      jdbi.installPlugin(new SqlObjectPlugin());
    }
  }
}
