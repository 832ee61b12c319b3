package session;

import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.ResourceView;
import io.txhost.spi.TransactionAdapter;
import java.sql.Connection;
import javax.sql.DataSource;

/** The library's sessions as the resource of a host. */
public final class SessionAdapter {
  private SessionAdapter() {}

  /** Over a pool. */
  public static TransactionAdapter<Session> over(DataSource dataSource) {
    return JdbcAdapter.over(dataSource).viewedAs(new Sessions());
  }

  private static final class Sessions implements ResourceView<Connection, Session> {
    @Override
    public Session inside(Connection connection) {
      return new Session(connection);
    }

    @Override
    public Session outside(Connection connection) {
      return new Session(connection);
    }
  }
}
