package io.txhost.jdbi;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.CloseException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Cleanable;
import org.jspecify.annotations.Nullable;

/** What a handle would close when it is closed. Used by the handle's thread. */
final class HandleCleanables {

  /** Stands for the one thing that each handle closes. */
  private static final Set<Cleanable> BUILDER_ALONE = Set.of();

  private final Handle handle;
  private final Set<Cleanable> all;

  /**
   * Those of a handle.
   *
   * @param all the handle's own set, which changes as statements are opened and closed
   */
  HandleCleanables(Handle handle, Set<Cleanable> all) {
    this.handle = handle;
    this.all = all;
  }

  /**
   * As they are now. Where that is the handle's statement builder alone, as with nothing open, no
   * set is made.
   */
  Set<Cleanable> now() {
    return all.size() == 1 ? BUILDER_ALONE : new LinkedHashSet<>(all);
  }

  /** Closes them, the latest first, save for some. */
  void cleanAllBut(Set<Cleanable> others) {
    if (others != BUILDER_ALONE || all.size() != 1) {
      clean(later(others));
    }
  }

  /** The handle's constructor adds its builder first. */
  private List<Cleanable> later(Set<Cleanable> others) {
    List<Cleanable> later = new ArrayList<>(all);
    if (others == BUILDER_ALONE) {
      later.remove(0);
    } else {
      later.removeAll(others);
    }
    Collections.reverse(later);
    return later;
  }

  private void clean(List<Cleanable> closing) {
    @Nullable CloseException first = null;
    for (Cleanable each : closing) {
      handle.removeCleanable(each);
      first = closed(each, first);
    }
    if (first != null) {
      throw first;
    }
  }

  private static @Nullable CloseException closed(Cleanable each, @Nullable CloseException first) {
    try {
      each.close();
      return first;
    } catch (SQLException | RuntimeException failure) {
      if (first == null) {
        return new CloseException("While closing what a callback left open", failure);
      }
      first.addSuppressed(failure);
      return first;
    }
  }
}
