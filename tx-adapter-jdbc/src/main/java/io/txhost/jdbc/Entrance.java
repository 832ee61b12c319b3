package io.txhost.jdbc;

import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds the gate of the pool behind a data source. One that leads to a pool by {@code unwrap} is
 * asked each time: it may route.
 */
final class Entrance {
  /** The size that nobody told. */
  static final int NOT_TOLD = -1;

  private final DataSource dataSource;
  private final int told;
  private volatile @Nullable Way way;

  /**
   * How to come to the gate.
   *
   * @param pool whose gate it is
   * @param found how the pool is found, null if the data source counts as one itself
   */
  private record Way(Gate gate, Object pool, KnownPool.@Nullable Found found) {}

  /**
   * Of a data source.
   *
   * @param told the pool's size, 0 for no gate, {@link #NOT_TOLD} to find it
   */
  Entrance(DataSource dataSource, int told) {
    this.dataSource = dataSource;
    this.told = told;
  }

  Gate gate() {
    Way now = way;
    if (now == null) {
      now = find();
      way = now;
    }
    KnownPool.Found found = now.found();
    return found == null || found.isItself() ? now.gate() : here(now, found);
  }

  private Gate here(Way last, KnownPool.Found found) {
    Object pool = found.pool(dataSource);
    if (pool == null || pool == last.pool()) {
      return last.gate();
    }
    Gate gate = gateOf(pool, found);
    way = new Way(gate, pool, found);
    return gate;
  }

  private Way find() {
    KnownPool.Found found = KnownPool.behind(dataSource);
    Object pool = found == null ? null : found.pool(dataSource);
    return pool == null || found == null
        ? new Way(gateOf(dataSource, null), dataSource, null)
        : new Way(gateOf(pool, found), pool, found);
  }

  private Gate gateOf(Object pool, KnownPool.@Nullable Found found) {
    String name = pool.getClass().getSimpleName();
    if (told == 0) { // beside the gate of other hosts, if they have one
      return new Gate(PoolLimits.unknown(name));
    }
    if (told != NOT_TOLD) {
      return Gates.of(pool, PoolLimits.of(name, told));
    }
    return Gates.of(
        pool, () -> found == null ? PoolLimits.unknown(name) : found.kind().limitsOf(pool, name));
  }
}
