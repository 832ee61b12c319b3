package io.txhost;

import io.txhost.context.Context;
import io.txhost.internal.Carrier;
import io.txhost.internal.DetachedFrame;
import io.txhost.internal.Frame;
import org.jspecify.annotations.Nullable;

/** What is active of one host on the calling thread, and what may be used there. */
final class ActiveHere {
  private final HostSetup host;
  private final Listeners listeners;

  /** Whether nobody listens; listeners are asked nothing then. */
  private final boolean isSilent;

  ActiveHere(HostSetup host) {
    this.host = host;
    this.listeners = host.listeners;
    this.isSilent = host.listeners.isEmpty();
  }

  HostSetup host() {
    return host;
  }

  /** The boundary of the active transaction, or null. */
  @Nullable Inside boundary() {
    return Lookup.nearest(host) instanceof Inside inside && !inside.transaction.isOver()
        ? inside
        : null;
  }

  /** The active transaction as the calling code sees it, or null. */
  @Nullable Transaction transaction() {
    listeners.refuseInside("currentTransaction()", host);
    Inside boundary = boundary();
    return boundary == null ? null : new CurrentTransaction(boundary);
  }

  <V> V tx(Facet<V> facet) {
    Object made = isSilent || !listeners.areTold() ? madeBefore(facet) : null;
    return made == null ? checked(facet) : facet.cast(made);
  }

  /**
   * What the owner of the innermost transaction was given before, where nothing can speak against
   * it; else null. In fewer steps than {@link #checked}: a facet is of one host, so what was made
   * for it tells the host, too.
   */
  private static @Nullable Object madeBefore(Facet<?> facet) {
    return Carrier.current().boundary() instanceof Inside inside && inside.deadline == null
        ? inside.transaction.madeForOwner(facet)
        : null;
  }

  private <V> V checked(Facet<V> facet) {
    listeners.refuseInside("tx()", host);
    Frame nearest = Lookup.nearest(host);
    if (nearest instanceof Inside inside) {
      return facet.cast(resource(inside, facet));
    }
    refuseFallback("tx()", nearest, false);
    return facet.outside();
  }

  /** What {@link #tx} gives where a transaction is active; else null. */
  @Nullable Object resourceOrNull(String what, Facet<?> facet) {
    listeners.refuseInside(what, host);
    return Lookup.nearest(host) instanceof Inside inside ? resource(inside, facet) : null;
  }

  private static Object resource(Inside inside, Facet<?> facet) {
    ActiveTransaction transaction = inside.transaction;
    if (!transaction.isOwnedByThisThread()) {
      inside.refuseToChild("tx()");
    }
    Deadline deadline = inside.deadline;
    if (deadline != null && deadline.isPast()) {
      throw deadline.exceeded("tx() in " + inside.shown());
    }
    transaction.refuseEnded("tx()");
    return transaction.resource(facet);
  }

  /** Refuses the use of the fallback on this thread that nobody permits here. */
  void refuseFallback(String what, boolean writes) {
    Frame nearest = Lookup.nearest(host);
    if (!(nearest instanceof Inside)) {
      refuseFallback(what, nearest, writes);
    }
  }

  /** Refuses a use on this thread by what fell out of a transaction, whatever the policy. */
  void refuseFallenOut(String what) {
    Frame nearest = Lookup.nearest(host);
    if (!(nearest instanceof Inside)) {
      refuseFallenOut(what, nearest, Lookup.permitsFallback(nearest));
    }
  }

  private void refuseFallenOut(String what, @Nullable Frame nearest, boolean permittedHere) {
    if (nearest instanceof DetachedFrame detached) {
      throw DetachedUses.refused(what, host, detached.of(host));
    }
    SharingRefusals.refuseForkUnderOverlay(what, host, permittedHere ? nearest : null);
  }

  private void refuseFallback(String what, @Nullable Frame nearest, boolean writes) {
    boolean permittedHere = Lookup.permitsFallback(nearest);
    refuseFallenOut(what, nearest, permittedHere);
    if (nearest instanceof Outside without) {
      refuseByItsOptions(what, without, writes);
    }
    if (!permittedHere) {
      refuseByPolicy(what, writes);
    }
  }

  /** What a boundary without a transaction was asked for holds, whoever permits the fallback. */
  private void refuseByItsOptions(String what, Outside without, boolean writes) {
    Deadline deadline = without.deadline;
    if (deadline != null && deadline.isPast()) {
      throw deadline.exceededOutside(what + " in " + without);
    }
    if (writes && without.readOnlyFor != null) {
      throw Refusals.writeInReadOnly(what, host, without.readOnlyFor);
    }
  }

  private void refuseByPolicy(String what, boolean writes) {
    FallbackPolicy policy = host.policy;
    boolean permitted =
        switch (policy) {
          case ALLOW -> true;
          case READ_ONLY -> !writes;
          case IN_CONTEXT -> Context.isActive();
          case DENY -> false;
        };
    if (!permitted) {
      throw policy == FallbackPolicy.READ_ONLY
          ? Refusals.writeOutside(what, host, Ineffective.methodHere(host.name, !isAnothers()))
          : Refusals.noFallback(what, host, policy);
    }
  }

  /** Which host is the default one is not known here; where another's is active, that may be it. */
  private boolean isAnothers() {
    for (Frame f = Carrier.current().boundary(); f != null; f = f.outerBoundary()) {
      if (f instanceof Inside inside && inside.host != host) {
        return true;
      }
    }
    return false;
  }
}
