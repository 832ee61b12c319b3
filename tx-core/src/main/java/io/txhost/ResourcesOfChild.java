package io.txhost;

import io.txhost.spi.AdapterTransaction;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Those of a structured child, which has its own, since a {@code Handle} may not be shared. They
 * are found by a thread-local: a forked thread ends with its task, so nothing of a child outlives
 * it.
 */
final class ResourcesOfChild implements Resources {
  private static final ThreadLocal<@Nullable ResourcesOfChild> HERE = new ThreadLocal<>();

  private final AdapterTransaction<?> transaction;
  private final @Nullable ResourcesOfChild ofOther;
  private @Nullable Made made;

  private ResourcesOfChild(AdapterTransaction<?> transaction, @Nullable ResourcesOfChild ofOther) {
    this.transaction = transaction;
    this.ofOther = ofOther;
  }

  /** Those of the calling thread, which is a child in the transaction. */
  static ResourcesOfChild in(AdapterTransaction<?> transaction) {
    ResourcesOfChild first = HERE.get();
    for (ResourcesOfChild r = first; r != null; r = r.ofOther) {
      if (r.transaction == transaction) {
        return r;
      }
    }
    ResourcesOfChild added = new ResourcesOfChild(transaction, first);
    HERE.set(added);
    return added;
  }

  @Override
  public Object base() {
    return Objects.requireNonNull(transaction.resource(), "adapter's resource");
  }

  @Override
  public Object of(Facet<?> facet) {
    Object found = Made.find(made, facet);
    return found == null ? made(facet) : found;
  }

  private Object made(Facet<?> facet) {
    Object resource = facet.show(this);
    made = new Made(facet, resource, made);
    return resource;
  }
}
