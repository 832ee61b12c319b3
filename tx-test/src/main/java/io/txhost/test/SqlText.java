package io.txhost.test;

import io.txhost.test.RecordingDataSource.Call;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a statement's text says of transactions, as far as its first words tell. */
record SqlText(String bare) {
  private static final Pattern COMMENTS =
      Pattern.compile("(?s)\\A(\\s+|--[^\\n]*\\n|/\\*.*?\\*/)+");
  private static final Pattern CONTROL =
      Pattern.compile(
          "(?i)\\A(COMMIT|END|BEGIN|START\\s+TRANSACTION|ROLLBACK\\s+TO|ROLLBACK|ABORT|SAVEPOINT|RELEASE|SET)\\b");
  private static final Pattern SAVEPOINT_NAME = Pattern.compile("(?i)\\ASAVEPOINT\\s+(\\S+)");
  private static final Pattern SET_TRANSACTION = Pattern.compile("(?is)\\ASET\\s+TRANSACTION\\s.*");
  private static final Pattern READ_ONLY = Pattern.compile("(?i)\\bREAD\\s+ONLY\\b");
  private static final Pattern CHANGES =
      Pattern.compile("(?i)\\b(INSERT|UPDATE|DELETE|MERGE|REPLACE)\\b");
  private static final Pattern FIRST_WORD = Pattern.compile("\\A\\(*\\s*(\\w+)");

  private static final Set<String> READING =
      Set.of(
          "DESC",
          "DESCRIBE",
          "EXPLAIN",
          "FETCH",
          "RELEASE",
          "ROLLBACK",
          "SAVEPOINT",
          "SELECT",
          "SET",
          "SHOW",
          "TABLE",
          "USE",
          "VALUES");
  private static final Set<String> DEFINING =
      Set.of("ALTER", "CREATE", "DROP", "GRANT", "RENAME", "REVOKE", "TRUNCATE");

  static SqlText of(String sql) {
    return new SqlText(COMMENTS.matcher(sql).replaceFirst(""));
  }

  /** What it is in a transcript. */
  Call call() {
    Matcher control = CONTROL.matcher(bare);
    if (!control.find()) {
      return Call.SQL;
    }
    String word = control.group(1).toUpperCase(Locale.ROOT).replaceAll("\\s+", " ");
    return switch (word) {
      case "COMMIT", "END" -> Call.COMMIT;
      case "ROLLBACK", "ABORT" -> Call.ROLLBACK;
      case "ROLLBACK TO" -> Call.ROLLBACK_TO;
      case "SAVEPOINT" -> Call.SAVEPOINT;
      case "RELEASE" -> Call.RELEASE;
      case "SET" -> Call.SET;
      default -> Call.BEGIN;
    };
  }

  @Nullable String savepointName() {
    Matcher matcher = SAVEPOINT_NAME.matcher(bare);
    return matcher.find() ? matcher.group(1) : null;
  }

  boolean setsTransaction() {
    return SET_TRANSACTION.matcher(bare).matches();
  }

  boolean asksForReadOnly() {
    return READ_ONLY.matcher(bare).find();
  }

  /** Whether it may change data; what only a function in it changes is not seen. */
  boolean writes() {
    String first = first();
    return first.equals("WITH") ? CHANGES.matcher(bare).find() : !READING.contains(first);
  }

  /** Whether it defines something, which commits on many databases. */
  boolean defines() {
    return DEFINING.contains(first());
  }

  private String first() {
    Matcher word = FIRST_WORD.matcher(bare);
    return word.find() ? word.group(1).toUpperCase(Locale.ROOT) : "";
  }
}
