package io.txhost;

/**
 * What {@link TransactionHost#tx()} is good for where no transaction is active. A boundary that
 * says "without" ({@code withoutTransaction}, NOT_SUPPORTED, NEVER) permits the whole auto-commit
 * resource whatever the policy; work that fell out of a transaction never gets it, whatever the
 * policy.
 */
public enum FallbackPolicy {
  /** For everything: each statement commits by itself. */
  ALLOW,
  /**
   * For reads. A write, and a read that locks, is refused with {@link TransactionRequiredException}
   * before anything is sent. So a repository's queries work inside and outside, and a forgotten
   * boundary is told at its first write. The default.
   */
  READ_ONLY,
  /** For everything, but only where a {@link io.txhost.context.Context} is active. */
  IN_CONTEXT,
  /** For nothing. */
  DENY
}
