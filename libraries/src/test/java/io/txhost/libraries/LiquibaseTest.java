package io.txhost.libraries;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.ui.LoggerUIService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Liquibase, on PostgreSQL: where a statement that defines something commits, it stays outside. Its
 * first run, which looks for its tables and fails where there are none, is outside too.
 */
class LiquibaseTest extends DemarcatingLibrary {
  @TempDir Path changes;

  @Override
  void openLibrary(DataSource enlisting) throws Exception {
    changes = Files.createTempDirectory("changes");
    try {
      run("first", "select 1");
    } finally {
      Files.delete(changes.resolve("first.sql"));
      Files.delete(changes);
    }
  }

  @Override
  void write(int id) throws Exception {
    run(
        "change-" + id,
        "create table made_by_liquibase_%d (id integer); insert into item (id) values (%d)"
            .formatted(id, id));
  }

  private void run(String name, String sql) throws Exception {
    Files.writeString(
        changes.resolve(name + ".sql"),
        "--liquibase formatted sql%n--changeset txhost:%s%n%s;%n".formatted(name, sql));
    var database =
        DatabaseFactory.getInstance()
            .findCorrectDatabaseImplementation(new JdbcConnection(enlisting.getConnection()));
    try (Liquibase liquibase =
        new Liquibase(name + ".sql", new DirectoryResourceAccessor(changes), database)) {
      Scope.child(Scope.Attr.ui, new LoggerUIService(), () -> liquibase.update(new Contexts()));
    }
  }

  @BeforeEach
  void forget() throws Exception {
    apart("delete from databasechangelog");
    for (int id = 1; id <= 3; id++) {
      apart("drop table if exists made_by_liquibase_" + id);
    }
  }
}
