package io.txhost;

import org.jspecify.annotations.Nullable;

/** The resources that one thread has of one transaction. Confined to that thread. */
interface Resources {

  /** The adapter's, anew. */
  Object base();

  /** As the facet shows it: the same at each call. */
  Object of(Facet<?> facet);

  /**
   * What was made so far.
   *
   * @param resource as the facet shows it
   * @param next what was made before
   */
  record Made(Facet<?> facet, Object resource, @Nullable Made next) {

    /** As the facet shows it, or null. */
    static @Nullable Object find(@Nullable Made first, Facet<?> facet) {
      for (Made m = first; m != null; m = m.next) {
        if (m.facet == facet) {
          return m.resource;
        }
      }
      return null;
    }
  }
}
