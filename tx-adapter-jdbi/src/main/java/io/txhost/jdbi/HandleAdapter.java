package io.txhost.jdbi;

import io.txhost.Isolation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FailureKind;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import java.sql.Connection;
import org.jdbi.v3.core.Handle;

/** The JDBC adapter seen through a {@link HandleView}, which learns of the host built over it. */
final class HandleAdapter implements TransactionAdapter<Handle> {
  private final HandleView view;
  private final TransactionAdapter<Handle> viewed;

  HandleAdapter(TransactionAdapter<Connection> jdbc, HandleView view) {
    this.view = view;
    this.viewed = jdbc.viewedAs(view);
  }

  @Override
  public void attached(TransactionHost<Handle> host) {
    view.attach(host);
  }

  @Override
  public Handle fallback() {
    return viewed.fallback();
  }

  @Override
  public AdapterTransaction<Handle> begin(TransactionOptions options, TransactionSignals signals) {
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
}
