package io.txhost.jdbc;

import io.txhost.spi.ThreadName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Who has connections of one pool, for messages and for who comes first. Not everybody, where they
 * are more than there is room for.
 */
final class Holders {
  /** Where somebody is for whom there is no room. */
  static final short NOWHERE = -1;

  private static final int LEAST = 16;
  private static final int MOST = 256;
  private static final int NAMED = 20;

  /** One of them. */
  interface Entry {
    /** Says in messages who it is. */
    Object who();

    /** Which took the connection. */
    Thread thread();
  }

  private final AtomicReferenceArray<@Nullable Entry> places;

  /**
   * Of a pool.
   *
   * @param size of the pool now; it may grow
   */
  Holders(int size) {
    int wanted = Math.max(LEAST, 2 * Math.min(size, MOST / 2));
    this.places = new AtomicReferenceArray<>(Integer.highestOneBit(wanted - 1) << 1);
  }

  /** Adds one, and says where it is. Allocates nothing. */
  short add(Entry holder) {
    int mask = places.length() - 1;
    int start = (int) holder.thread().getId(); // an object just made has no hash yet: it costs
    for (int i = 0; i <= mask; i++) {
      int place = (start + i) & mask;
      if (places.getPlain(place) == null && places.compareAndSet(place, null, holder)) {
        return (short) place; // there are not that many
      }
    }
    return NOWHERE;
  }

  void remove(int place) {
    if (place != NOWHERE) {
      places.setRelease(place, null);
    }
  }

  /** Whether the thread has taken one that is still out. */
  boolean include(Thread thread) {
    for (int i = 0; i < places.length(); i++) {
      Entry holder = places.get(i);
      if (holder != null && holder.thread() == thread) {
        return true;
      }
    }
    return false;
  }

  /** Who they are, each with its thread. */
  List<String> described() {
    List<String> who = new ArrayList<>();
    int more = 0;
    for (int i = 0; i < places.length(); i++) {
      Entry holder = places.get(i);
      if (holder != null && who.size() < NAMED) {
        who.add(described(holder));
      } else if (holder != null) {
        more++;
      }
    }
    if (more > 0) {
      who.add(more + " more");
    }
    return who;
  }

  private static String described(Entry holder) {
    boolean isHere = holder.thread() == Thread.currentThread();
    return holder.who()
        + (isHere ? " on this thread, " : " on thread ")
        + ThreadName.of(holder.thread());
  }
}
