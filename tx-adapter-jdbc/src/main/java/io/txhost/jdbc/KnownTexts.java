package io.txhost.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * What texts do that were read before: a program has some hundred, and sends them again and again.
 * Each text has one place, which the last one there keeps: bounded, without a lock, and nothing to
 * evict.
 *
 * <p>Safe for use by many threads: what they miss they read anew.
 */
final class KnownTexts {
  private static final int PLACES = 1 << 10;

  /** A longer one is read each time: what is kept stays small. */
  private static final int LONGEST = 16_384;

  private final Dialect dialect;
  private final @Nullable Sql[] places = new @Nullable Sql[PLACES];

  KnownTexts(Dialect dialect) {
    this.dialect = dialect;
  }

  Sql read(String text) {
    if (text.length() > LONGEST) {
      return dialect.readAnew(text);
    }
    int hash = text.hashCode();
    int place = (hash ^ (hash >>> 16)) & (PLACES - 1);
    Sql known = places[place];
    if (known == null || !known.text().equals(text)) {
      known = dialect.readAnew(text);
      places[place] = known;
    }
    return known;
  }
}
