package io.txhost.jdbc;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides which waits for connections can never end by themselves. Pure: it reads its arguments
 * alone.
 *
 * <p>A wait ends when a connection of its pool comes free. A boundary gives its connection back
 * when all waits inside of it have ended. So a pool serves its waits as long as one of its
 * connections is anywhere but with boundaries that contain a wait which cannot end. Nothing is
 * assumed of what is not seen: whoever else has a connection may give it back. A deadline, an
 * interrupt and a pool's own patience are not counted on.
 */
final class Stuck {
  private Stuck() {}

  /**
   * A wait for a connection.
   *
   * @param <P> a pool
   * @param <B> a boundary, by its identity
   */
  interface Wait<P, B> {
    /** Of which a connection is waited for. */
    P pool();

    /** The boundaries that cannot end before the wait has. */
    List<B> around();
  }

  /**
   * The waits that cannot end, in the order of {@code waits}.
   *
   * @param waits all of those that are inside of a boundary
   * @param heldBy the pool of which a boundary has a connection, null if it has none
   * @param size how many connections a pool has
   */
  static <P, B, W extends Wait<P, B>> Set<W> of(
      Collection<W> waits, Function<B, @Nullable P> heldBy, ToIntFunction<P> size) {
    Set<W> stuck = new LinkedHashSet<>(waits);
    boolean some = true;
    while (some && !stuck.isEmpty()) { // each that can end frees what is around it
      Map<P, Integer> held = heldAround(stuck, heldBy);
      some =
          stuck.removeIf(each -> held.getOrDefault(each.pool(), 0) < size.applyAsInt(each.pool()));
    }
    return stuck;
  }

  private static <P, B> Map<P, Integer> heldAround(
      Collection<? extends Wait<P, B>> waits, Function<B, @Nullable P> heldBy) {
    Set<B> counted = Collections.newSetFromMap(new IdentityHashMap<>());
    Map<P, Integer> held = new HashMap<>();
    for (Wait<P, B> wait : waits) {
      for (B boundary : wait.around()) {
        P pool = counted.add(boundary) ? heldBy.apply(boundary) : null;
        if (pool != null) {
          held.merge(pool, 1, Integer::sum);
        }
      }
    }
    return held;
  }
}
