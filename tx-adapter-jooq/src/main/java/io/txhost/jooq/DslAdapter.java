package io.txhost.jooq;

import io.txhost.Isolation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FailureKind;
import io.txhost.spi.ResourceView;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import java.sql.Connection;
import org.jooq.DSLContext;

/** The JDBC adapter seen through a {@link DslView}, which learns of the host built over it. */
final class DslAdapter implements TransactionAdapter<DSLContext> {
  private final TransactionAdapter<Connection> jdbc;
  private final TransactionAdapter<DSLContext> viewed;
  private final DslView view;

  DslAdapter(TransactionAdapter<Connection> jdbc, DslView view) {
    this.jdbc = jdbc;
    this.viewed = jdbc.viewedAs(view);
    this.view = view;
  }

  @Override
  public void attached(TransactionHost<DSLContext> host) {
    view.attach(host.viewedAs(new Connections()));
  }

  @Override
  public DSLContext fallback() {
    return view.shared();
  }

  @Override
  public AdapterTransaction<DSLContext> begin(
      TransactionOptions options, TransactionSignals signals) {
    return viewed.begin(options, signals);
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return viewed.classify(failure);
  }

  @Override
  public Isolation effective(Isolation asked) {
    return viewed.effective(asked);
  }

  @Override
  public String toString() {
    return viewed.toString();
  }

  /** The way back: the connection under what the host shows. */
  private final class Connections implements ResourceView<DSLContext, Connection> {

    @Override
    public Connection inside(DSLContext dsl) {
      // a disabled host shows its fallback as a transaction's resource
      return dsl.configuration().connectionProvider() instanceof TransactionConnections own
          ? own.connection()
          : jdbc.fallback();
    }

    @Override
    public Connection outside(DSLContext shared) {
      return jdbc.fallback();
    }

    @Override
    public String toString() {
      return "connections";
    }
  }
}
