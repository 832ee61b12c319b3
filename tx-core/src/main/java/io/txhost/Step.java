package io.txhost;

/**
 * What the host does next. Pure: {@link #of} reads only its arguments, so one table tests it all.
 */
enum Step {
  /** Begins a transaction; an active one is set aside by the frame, not by this step. */
  BEGIN,
  /** Runs in the active block. */
  JOIN,
  /** Opens a savepoint block. */
  NEST,
  /** Runs without a transaction, and says so: the fallback is permitted. */
  WITHOUT,
  /** Runs without a transaction because there is none: the fallback policy decides. */
  PLAIN,
  /** {@link TransactionRequiredException}. */
  REFUSE_NONE_ACTIVE,
  /** {@link TransactionAlreadyActiveException}. */
  REFUSE_ACTIVE,
  /** {@link UnexpectedRollbackException}, with the first failure. */
  REFUSE_MARKED,
  /** {@link DetachedTransactionException}. */
  REFUSE_DETACHED;

  static Step of(Propagation asked, Found found) {
    return switch (asked) { // no default: a new constant must not compile until it is decided here
      case REQUIRED -> joinOr(found, BEGIN, BEGIN);
      case REQUIRES_NEW -> BEGIN;
      case NESTED ->
          switch (found) {
            case ACTIVE -> NEST;
            case MARKED -> REFUSE_MARKED;
            case NONE, DETACHED -> BEGIN;
          };
      case SUPPORTS -> joinOr(found, PLAIN, REFUSE_DETACHED);
      case MANDATORY -> joinOr(found, REFUSE_NONE_ACTIVE, REFUSE_NONE_ACTIVE);
      case NOT_SUPPORTED -> WITHOUT;
      case NEVER ->
          switch (found) {
            case ACTIVE, MARKED -> REFUSE_ACTIVE;
            case NONE, DETACHED -> WITHOUT;
          };
    };
  }

  /** Whether it joins a transaction that can still commit. */
  static boolean joins(Propagation asked) {
    return of(asked, Found.ACTIVE) == JOIN;
  }

  private static Step joinOr(Found found, Step none, Step detached) {
    return switch (found) {
      case ACTIVE -> JOIN;
      case MARKED -> REFUSE_MARKED;
      case NONE -> none;
      case DETACHED -> detached;
    };
  }
}
