package store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import org.jooq.DSLContext;
import org.springframework.stereotype.Component;

/** Kept whatever becomes of what it tells of. */
@Component
public class Audit {
  private final TransactionHost<DSLContext> host;

  public Audit(TransactionHost<DSLContext> host) {
    this.host = host;
  }

  @Transactional(propagation = Propagation.REQUIRES_NEW)
  public void note(String entry) {
    host.tx().insertInto(table("audit"), field("entry")).values(entry).execute();
  }
}
