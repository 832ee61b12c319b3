package io.txhost.jdbc;

/**
 * A statement's text and what it does.
 *
 * @param text for the log; empty for what is no statement of the user's
 * @param kind what it does
 * @param isAtomic whether nothing of it is done if it fails
 * @param ofSavepoints whether it sets a savepoint, goes back to one or releases one
 * @param count how many are in a batch, 1 outside of one
 */
record Sql(String text, Kind kind, boolean isAtomic, boolean ofSavepoints, int count) {

  /** What a statement does, the mildest first. */
  enum Kind {
    /** Is empty, or no statement of the user's. */
    NOTHING,
    /** Reads, or leaves the transaction and its data alone. */
    READS,
    /**
     * Changes the session, or leaves something in it: a setting, a temporary table, a prepared
     * statement.
     */
    SETS,
    /** Reads, and locks what it reads until the transaction's end. */
    LOCKS,
    /** May change data. */
    WRITES,
    /** May begin or end a transaction somewhere inside, where reading the text does not show it. */
    HIDES,
    /** Commits what came before it, in this database. */
    COMMITS,
    /** Begins or ends a transaction. */
    CONTROLS;

    boolean mayWrite() {
      return compareTo(LOCKS) > 0;
    }

    /** Whether it is senseless or unsafe by itself: it locks, or may write. */
    boolean needsTransaction() {
      return compareTo(SETS) > 0;
    }

    Kind or(Kind other) {
      return compareTo(other) >= 0 ? this : other;
    }
  }

  static final Sql DESCRIBE = new Sql("", Kind.NOTHING, true);
  static final Sql STREAM = new Sql("(a stream of the user's)", Kind.NOTHING, true);
  static final Sql METADATA = new Sql("", Kind.NOTHING, true);
  static final Sql REFRESH_ROW = new Sql("(refresh of a row)", Kind.READS, true);
  static final Sql WRITE_ROW = new Sql("(change of a row)", Kind.WRITES, true);
  static final Sql WRITE_OBJECT = new Sql("(change of a large object)", Kind.WRITES, true);

  private static final int LONGEST_BATCH_TEXT = 2_000;

  Sql(String text, Kind kind, boolean isAtomic) {
    this(text, kind, isAtomic, false, 1);
  }

  boolean mayWrite() {
    return kind.mayWrite();
  }

  /** Whether it is senseless or unsafe by itself: it locks, or may write. */
  boolean needsTransaction() {
    return kind.needsTransaction() && !mayBeLocal();
  }

  /**
   * Whether it may be done without the server: some drivers keep a large object to themselves until
   * a statement stores it.
   */
  boolean mayBeLocal() {
    return kind == Kind.NOTHING || this == WRITE_OBJECT;
  }

  /** Both, in one batch. */
  Sql and(Sql next) {
    boolean same = text.equals(next.text) || text.length() > LONGEST_BATCH_TEXT;
    return new Sql(
        same ? text : text + "; " + next.text,
        kind.or(next.kind),
        false,
        ofSavepoints || next.ofSavepoints,
        count + next.count);
  }
}
