package io.txhost.observe;

import io.txhost.spi.TransactionInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What is open, by number. */
final class OpenOnes {
  private final Map<Long, Observed> byId = new ConcurrentHashMap<>();
  private final boolean notesOpeners;

  OpenOnes(boolean notesOpeners) {
    this.notesOpeners = notesOpeners;
  }

  Observed add(TransactionInfo transaction) {
    Observed begun =
        new Observed(transaction, notesOpeners ? new Throwable("it was opened here") : null);
    byId.put(transaction.id(), begun);
    return begun;
  }

  @Nullable Observed get(TransactionInfo transaction) {
    return byId.get(transaction.id());
  }

  @Nullable Observed remove(TransactionInfo transaction) {
    return byId.remove(transaction.id());
  }

  Collection<Observed> all() {
    return byId.values();
  }

  /** As they are now, the oldest first. */
  List<OpenTransaction> now() {
    Set<Thread> acquiring = acquiring();
    List<OpenTransaction> now = new ArrayList<>();
    for (Observed each : byId.values()) {
      now.add(each.now(acquiring.contains(each.opener)));
    }
    now.sort(Comparator.comparingLong(OpenTransaction::id));
    return now;
  }

  /** The threads that wait for a connection: what else they have opened waits with them. */
  Set<Thread> acquiring() {
    Set<Thread> acquiring = new HashSet<>();
    for (Observed each : byId.values()) {
      Thread waits = each.currentlyAcquiring();
      if (waits != null) {
        acquiring.add(waits);
      }
    }
    return acquiring;
  }
}
