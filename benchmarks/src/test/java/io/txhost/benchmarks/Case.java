package io.txhost.benchmarks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the tables, in their order. A goal is a part of what {@link #over} needs in the same
 * run; a goal of bytes or calls may be a plain number.
 */
enum Case {
  TX("tx() inside", Peer.SPRING, 0.35, 0.5, "0 B"),
  ACTIVE("isTransactionActive()", Peer.SPRING, 1.2, 1.5, "0 B"),
  JOIN("join by call", Peer.SPRING, 0.3, 0.3, "0 B"),
  JOIN_PROXY("join by @Transactional proxy", Peer.SPRING, 0.35, 0.35, "0.42 x"),
  EMPTY("outermost, no statement, by call", Peer.SPRING, 0.2, 0.2, "0.4 x"),
  EMPTY_PROXY("outermost, no statement, by proxy", Peer.SPRING, 0.35, 0.35, "0.45 x"),
  STATEMENT("outermost, one statement, plain connection", Peer.SPRING, 0.4, 0.4, "0.65 x"),
  STATEMENT_PROXY("outermost, one statement, by proxy", Peer.SPRING, 0, 0, ""),
  READ_ONLY("outermost, read-only, one statement", Peer.SPRING, 0, 0, ""),
  ANOTHER("a statement inside an open transaction", Peer.SPRING, 2, 2, "110 B"),
  ANOTHER_LONG("the same, with a text of 2,000 characters", Peer.SPRING, 2, 2, "110 B"),
  ROW("a row of 5 getters", Peer.SPRING, 1.5, 1.5, "0 B"),
  NESTED("NESTED without a statement", Peer.SPRING, 0.85, 0.85, "1.15 x"),
  REQUIRES_NEW("REQUIRES_NEW with a statement", Peer.SPRING, 0.4, 0.4, "0.55 x"),
  JDBI("Jdbi: transaction, tx(), one statement", Peer.SPRING, 0.9, 0.9, "0.9 x"),
  JDBI_OWN("Jdbi: the same, over Jdbi's own", Peer.OWN, 0.9, 0.9, ""),
  WITH_HANDLE("Jdbi: withHandle inside", Peer.SPRING, 0.02, 0.02, ""),
  JOOQ("jOOQ: transaction, tx(), one statement", Peer.SPRING, 0.9, 0.9, "0.9 x"),
  JOOQ_OWN("jOOQ: the same, over jOOQ's own", Peer.OWN, 0.7, 0.7, ""),
  DEPTH("a statement at depth 64, over depth 1", Peer.OWN, 1.3, 1.3, ""),
  HOSTS("a statement among 16 hosts, over 1", Peer.OWN, 1.3, 1.3, "");

  /** Who does it. */
  enum Peer {
    TXHOST("txhost"),
    /** With the library that the case is about. */
    SPRING("Spring"),
    /** What the case is held against where that is not Spring. */
    OWN("its own"),
    /** Spring's proxy that takes a connection late. */
    LAZY("Spring, lazy proxy"),
    /** By hand, straight on JDBC. */
    HAND("hand-written JDBC");

    final String title;

    Peer(String title) {
      this.title = title;
    }

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  final String title;
  final Peer over;
  private final double scoped;
  private final double threadLocal;
  final String bytes;

  Case(String title, Peer over, double scoped, double threadLocal, String bytes) {
    this.title = title;
    this.over = over;
    this.scoped = scoped;
    this.threadLocal = threadLocal;
    this.bytes = bytes;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The time's goal, as a part of the peer's; null if there is none. */
  @Nullable Double goal(boolean isThreadLocal) {
    double goal = isThreadLocal ? threadLocal : scoped;
    return goal == 0 ? null : goal;
  }

  /** The case of another peer under whose scenario this one's is kept: the same work. */
  Case work() {
    return switch (this) {
      case JDBI_OWN -> JDBI;
      case JOOQ_OWN -> JOOQ;
      default -> this;
    };
  }
}
