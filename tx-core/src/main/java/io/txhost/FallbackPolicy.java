package io.txhost;

/**
 * Whether {@link TransactionHost#tx()} gives the adapter's auto-commit resource where no
 * transaction is active. A boundary that says "without" ({@code withoutTransaction}, NOT_SUPPORTED,
 * NEVER) permits it whatever the policy; work that fell out of a transaction never gets it,
 * whatever the policy.
 */
public enum FallbackPolicy {
  /** Always: a repository works inside and outside a transaction. The default. */
  ALLOW,
  /** Only where a {@link io.txhost.context.Context} is active, so that a bare thread is refused. */
  IN_CONTEXT,
  /** Never. */
  DENY
}
