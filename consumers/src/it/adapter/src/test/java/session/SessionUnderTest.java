package session;

import io.txhost.spi.TransactionAdapter;
import io.txhost.tck.AdapterUnderTest;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

final class SessionUnderTest implements AdapterUnderTest<Session> {
  @Override
  public TransactionAdapter<Session> adapterOver(DataSource dataSource) {
    return SessionAdapter.over(dataSource);
  }

  @Override
  public void execute(Session session, String sql) throws SQLException {
    session.run(sql);
  }

  @Override
  public String queryForString(Session session, String sql) throws SQLException {
    return session.first(sql);
  }

  @Override
  public void prepare(Session session, String sql) throws SQLException {
    session.connection().prepareStatement(sql).close();
  }

  @Override
  public void touch(Session session) throws SQLException {
    session.connection().getAutoCommit();
  }

  @Override
  public String productName(Session session) throws SQLException {
    return session.connection().getMetaData().getDatabaseProductName();
  }

  @Override
  public void failBeforeSending(Session session) throws SQLException {
    try (PreparedStatement insert =
        session.connection().prepareStatement("insert into item (id) values (?)")) {
      insert.execute(); // its parameter is missing
    }
  }

  @Override
  public Map<String, ResourceCall<Session>> rawTransactionCalls() {
    return Map.of(
        "commit", session -> session.connection().commit(),
        "rollback", session -> session.connection().rollback());
  }
}
