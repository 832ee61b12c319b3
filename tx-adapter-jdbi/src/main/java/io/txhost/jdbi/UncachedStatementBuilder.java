package io.txhost.jdbi;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementBuilderFactory;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The user's statement builder for a handle outside a transaction, a new one for each statement: a
 * statement that it kept for reuse would hold its connection for ever.
 */
final class UncachedStatementBuilder implements StatementBuilder {
  private final StatementBuilderFactory factory;
  private final IdentityHashMap<Statement, StatementBuilder> builders = new IdentityHashMap<>();

  UncachedStatementBuilder(StatementBuilderFactory factory) {
    this.factory = factory;
  }

  @Override
  public Statement create(Connection connection, StatementContext context) throws SQLException {
    StatementBuilder builder = factory.createStatementBuilder(connection);
    return remember(builder.create(connection, context), builder);
  }

  @Override
  public PreparedStatement create(Connection connection, String sql, StatementContext context)
      throws SQLException {
    StatementBuilder builder = factory.createStatementBuilder(connection);
    return remember(builder.create(connection, sql, context), builder);
  }

  @Override
  public CallableStatement createCall(Connection connection, String sql, StatementContext context)
      throws SQLException {
    StatementBuilder builder = factory.createStatementBuilder(connection);
    return remember(builder.createCall(connection, sql, context), builder);
  }

  private <S extends Statement> S remember(S statement, StatementBuilder builder) {
    builders.put(statement, builder);
    return statement;
  }

  @Override
  public void close(Connection connection, String sql, Statement statement) throws SQLException {
    StatementBuilder builder = builders.remove(statement);
    if (builder == null) {
      statement.close();
      return;
    }
    try {
      builder.close(connection, sql, statement);
    } finally {
      builder.close(connection);
    }
  }

  @Override
  public void close(Connection connection) {
    builders.values().forEach(builder -> builder.close(connection));
    builders.clear();
  }
}
