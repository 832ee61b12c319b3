package io.txhost.jdbc;

import static io.txhost.jdbc.Sql.Kind.COMMITS;
import static io.txhost.jdbc.Sql.Kind.CONTROLS;
import static io.txhost.jdbc.Sql.Kind.HIDES;
import static io.txhost.jdbc.Sql.Kind.LOCKS;
import static io.txhost.jdbc.Sql.Kind.NOTHING;
import static io.txhost.jdbc.Sql.Kind.READS;
import static io.txhost.jdbc.Sql.Kind.SETS;
import static io.txhost.jdbc.Sql.Kind.WRITES;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.Isolation;
import io.txhost.jdbc.Sql.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DialectTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commit",
        "  COMMIT WORK",
        "/* a /* nested */ comment */ commit",
        "-- a comment\n commit",
        "rollback",
        "ROLLBACK WORK",
        "rollback and chain",
        "begin",
        "start transaction read only",
        "set autocommit true",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "insert into t values (1); commit",
        "insert into t values (';'); ; /* ; */ commit;",
        "select 1;commit;select 2"
      })
  void whatBeginsOrEndsATransactionIsSeenEverywhere(String sql) {
    assertThat(new H2Dialect().read(sql).kind()).isEqualTo(CONTROLS);
    assertThat(new PostgreSqlDialect().read(sql).kind()).isEqualTo(CONTROLS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"end", "abort", "prepare transaction 'x'", "commit prepared 'x'"})
  void postgreSqlsOwnWordsAreSeenThere(String sql) {
    assertThat(new PostgreSqlDialect().read(sql).kind()).isEqualTo(CONTROLS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ; ",
        "select 'commit'",
        "select 1 as commit",
        "insert into t values ('x; commit')",
        "insert into t values ('it''s; commit')",
        "insert into \"x; commit\" values (1)",
        "select $$; commit$$",
        "select $tag$; commit; $ $tag$",
        "select 1 -- ; commit",
        "select 1 /* ; commit */",
        "rollback to savepoint x",
        "ROLLBACK WORK TO x",
        "savepoint x",
        "release savepoint x",
        "prepare commit_all as select 1",
        "set transaction snapshot '00000003-0000001B-1'",
        "set local statement_timeout = 1000",
        "set search_path to x",
        "create function f() returns int language sql begin atomic select 1; select 2; end"
      })
  void whatOnlyLooksLikeItIsNot(String sql) {
    assertThat(new PostgreSqlDialect().read(sql).kind()).isNotEqualTo(CONTROLS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set transaction read write",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "set local transaction_read_only = off",
        "set transaction_read_only to off",
        "set session transaction_isolation = 'serializable'",
        "set session characteristics as transaction read write",
        "select 1; set transaction read write"
      })
  void whatChangesHowTheTransactionRunsIsTheHosts(String sql) { // A4
    assertThat(new PostgreSqlDialect().read(sql).kind()).isEqualTo(CONTROLS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ; ", "-- commit", "/* commit */ ;"})
  void aTextWithoutAStatementDoesNothing(String sql) {
    assertThat(new PostgreSqlDialect().read(sql).kind()).isEqualTo(NOTHING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"call f()", "do $$ begin end $$", "delete from t; delete from u", "lock table t"})
  void whatMayFailHalfwayIsNotAtomic(String sql) {
    assertThat(new PostgreSqlDialect().read(sql).isAtomic()).isFalse();
    assertThat(new PostgreSqlDialect().read("delete from t;").isAtomic()).isTrue();
  }

  @ParameterizedTest // D11
  @ValueSource(
      strings = {
        "insert into t values (1)",
        "update t set id = 1",
        "with gone as (delete from t returning id) select * from gone",
        "with x as (select 1) update t set id = 1",
        "explain analyze delete from t",
        "select * into u from t",
        "merge into t using u on true when matched then delete",
        "copy t from stdin",
        "call f()",
        "execute prepared",
        "create table t (id int)",
        "select 1; insert into t values (1)"
      })
  void whatMayWriteOnPostgreSqlIsKnownForIt(String sql) {
    assertThat(new PostgreSqlDialect().read(sql).kind()).isEqualTo(WRITES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select pg_sleep(1)",
        "select 'insert into t'",
        "with x as (select id from t) select replace(id, 'a', 'b') from x",
        "select substring(a from 1 for 2) from t",
        "select \"for update\" from t /* for update */",
        "(select 1)",
        "values (1)",
        "fetch 10 from c",
        "rollback to x"
      })
  void whatOnlyReadsOnPostgreSqlIsKnownForIt(String sql) {
    assertThat(new PostgreSqlDialect().read(sql).kind()).isEqualTo(READS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set local work_mem = '1MB'",
        "set search_path to a",
        "set role a",
        "reset role",
        "listen a",
        "unlisten *",
        "prepare a as delete from t",
        "deallocate a",
        "declare a cursor with hold for select 1",
        "select 1; set role a"
      })
  void whatChangesTheSessionOnPostgreSqlIsKnownForIt(String sql) {
    assertThat(new PostgreSqlDialect().read(sql).kind()).isEqualTo(SETS);
    assertThat(new PostgreSqlDialect().read(sql).mayWrite()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select id from t for update",
        "select id from t for no key update skip locked",
        "select id from t for share of t nowait",
        "select id from t for key share",
        "with x as (select id from t for update) select replace(id, 'a', 'b') from x",
        "(select id from t) for update",
        "select * from (select id from t for share) x",
        "table t for update",
        "select 1; select id from t for update",
        "lock table t"
      })
  void whatLocksOnPostgreSqlIsKnownForIt(String sql) { // A2
    assertThat(new PostgreSqlDialect().read(sql).kind()).isEqualTo(LOCKS);
    assertThat(new PostgreSqlDialect().read(sql).mayWrite()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "savepoint x",
        "  SAVEPOINT x;",
        "/* a comment */ savepoint x",
        "-- a comment\nsavepoint x",
        "release savepoint x",
        "release x",
        "rollback to x",
        "rollback to savepoint x",
        "rollback work to savepoint x",
        "select 1; savepoint x",
        "insert into t values (';'); release savepoint x; select 1",
        "delete from t; rollback to savepoint x"
      })
  void whatSetsReleasesOrGoesBackToASavepointIsSeenEverywhere(String sql) {
    for (Dialect each : List.of(new H2Dialect(), new PostgreSqlDialect(), new MariaDbDialect())) {
      assertThat(each.read(sql).ofSavepoints()).as("%s", each).isTrue();
      assertThat(each.read("select 1").and(each.read(sql)).ofSavepoints()).isTrue();
      assertThat(each.read(sql).and(each.read("select 1")).ofSavepoints()).isTrue();
      assertThat(each.read(sql).kind()).as("%s", each).isNotEqualTo(CONTROLS);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/*! savepoint x */", "/*M!100100 release savepoint x */", "# a\nsavepoint x"})
  void mariaDbsOwnCommentsHideNoSavepoint(String sql) {
    assertThat(new MariaDbDialect().read(sql).ofSavepoints()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "select 'savepoint x'",
        "insert into t values ('x; savepoint x')",
        "insert into savepoint values (1)",
        "select savepoint, release, rollback from t",
        "select 1 -- ; savepoint x",
        "select 1 /* ; release savepoint x */",
        "update savepoint set release = 1"
      })
  void whatOnlyLooksLikeASavepointIsNone(String sql) {
    for (Dialect each : List.of(new H2Dialect(), new PostgreSqlDialect(), new MariaDbDialect())) {
      assertThat(each.read(sql).ofSavepoints()).as("%s", each).isFalse();
      assertThat(each.read(sql).and(each.read(sql)).ofSavepoints()).as("%s", each).isFalse();
    }
  }

  @Test
  void aBackslashEscapesOnlyInAnEscapeString() {
    assertThat(new PostgreSqlDialect().read("select E'it\\'s; commit'").kind()).isEqualTo(READS);
    assertThat(new PostgreSqlDialect().read("select 'it\\'; commit").kind()).isEqualTo(CONTROLS);
  }

  static Stream<Arguments> onH2() {
    return Stream.of(
        Arguments.of(READS, "select * from t"),
        Arguments.of(READS, "(select 1)"),
        Arguments.of(READS, "values (1)"),
        Arguments.of(READS, "table t"),
        Arguments.of(READS, "show tables"),
        Arguments.of(READS, "select insert('abc', 1, 1, 'x'), replace('a', 'b')"),
        Arguments.of(LOCKS, "select * from t for update"),
        Arguments.of(LOCKS, "(select * from t) for update wait 5"),
        Arguments.of(READS, "with x as (select 1) select * from x"),
        Arguments.of(LOCKS, "with x as (select 1) select * from x for update"),
        Arguments.of(READS, "explain select 1"),
        Arguments.of(SETS, "set @x = 1"),
        Arguments.of(SETS, "set query_timeout 1"),
        Arguments.of(WRITES, "insert into t values (1)"),
        Arguments.of(WRITES, "update t set id = 1"),
        Arguments.of(WRITES, "delete from t"),
        Arguments.of(WRITES, "merge into t key (id) values (1)"),
        Arguments.of(WRITES, "select id from final table (insert into t values (1))"),
        Arguments.of(WRITES, "select id from old table ( /* */ delete from t)"),
        Arguments.of(WRITES, "with x as (select 1) insert into t select * from x"),
        Arguments.of(WRITES, "with x as (select 1) delete from t"),
        Arguments.of(WRITES, "explain analyze delete from t"),
        Arguments.of(WRITES, "call f()"),
        Arguments.of(WRITES, "{call f()}"),
        Arguments.of(WRITES, "{? = call f()}"),
        Arguments.of(WRITES, "? = call f()"),
        Arguments.of(WRITES, "select 1; insert into t values (1)"),
        Arguments.of(WRITES, "alter sequence s restart"),
        Arguments.of(WRITES, "create local temporary table x (id int) transactional"),
        Arguments.of(COMMITS, "create table t (id int)"),
        Arguments.of(COMMITS, "create table transactional (id int)"),
        Arguments.of(COMMITS, "create table t (id int, transactional boolean)"),
        Arguments.of(COMMITS, "create table t (id int) as select (1) transactional"),
        Arguments.of(COMMITS, "create local temporary table t (transactional int)"),
        Arguments.of(COMMITS, "create local temporary table transactional (id int)"),
        Arguments.of(COMMITS, "create temp table t (a int) as select (1) transactional"),
        Arguments.of(COMMITS, "create table temp (a int) as select (1) transactional"),
        Arguments.of(COMMITS, "set max_memory_undo 10"),
        Arguments.of(COMMITS, "alter table t add x int"),
        Arguments.of(COMMITS, "drop table t"),
        Arguments.of(COMMITS, "truncate table t"),
        Arguments.of(COMMITS, "comment on table t is 'x'"),
        Arguments.of(COMMITS, "grant select on t to x"),
        Arguments.of(COMMITS, "analyze"),
        Arguments.of(COMMITS, "runscript from 'x'"),
        Arguments.of(COMMITS, "set mode postgresql"),
        Arguments.of(COMMITS, "execute immediate 'commit'"),
        Arguments.of(COMMITS, "insert into t values (1); drop table t"),
        Arguments.of(CONTROLS, "prepare commit x"));
  }

  @ParameterizedTest
  @MethodSource("onH2")
  void h2TellsReadsFromWritesAndFromWhatCommits(Kind kind, String sql) {
    assertThat(new H2Dialect().read(sql).kind()).isEqualTo(kind);
  }

  @Test
  void snapshotIsAnotherNameOnPostgreSqlAndALevelOfItsOwnOnH2() {
    assertThat(new PostgreSqlDialect().effective(Isolation.SNAPSHOT))
        .isEqualTo(Isolation.REPEATABLE_READ);
    assertThat(new H2Dialect().effective(Isolation.SNAPSHOT)).isEqualTo(Isolation.SNAPSHOT);
  }

  @Test
  void isolationAndAccessModeAreOneStatementOnPostgreSql() {
    Dialect dialect = new PostgreSqlDialect();
    List<String> sent = new ArrayList<>();
    for (Isolation isolation : Isolation.values()) {
      sent.add(String.valueOf(dialect.oneShot(isolation, true, DriverState.UNKNOWN)));
    }

    assertThat(sent)
        .containsExactly(
            "null",
            "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
  }

  @Test
  void whereTheDriverDoesNotEnforceReadOnlyPostgreSqlIsToldBySql() {
    DriverState ignoring =
        new DriverState() {
          @Override
          public Phase phase() {
            return Phase.NONE;
          }

          @Override
          public boolean isReadOnlyInForce() {
            return false;
          }
        };

    assertThat(new PostgreSqlDialect().oneShot(Isolation.DEFAULT, true, ignoring))
        .isEqualTo("SET TRANSACTION READ ONLY");
    assertThat(new PostgreSqlDialect().oneShot(Isolation.SERIALIZABLE, true, ignoring))
        .isEqualTo("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY");
    assertThat(new PostgreSqlDialect().oneShot(Isolation.DEFAULT, false, ignoring)).isNull();
  }

  static Stream<Arguments> onMariaDb() {
    return Stream.of(
        Arguments.of(NOTHING, ""),
        Arguments.of(NOTHING, "# commit"),
        Arguments.of(NOTHING, "-- commit"),
        Arguments.of(NOTHING, "/* commit */ ;"),
        Arguments.of(READS, "select 1 --1"),
        Arguments.of(READS, "(select 1)"),
        Arguments.of(WRITES, "insert into t values ('it\\'; commit')"),
        Arguments.of(WRITES, "insert into t values (\"it\\\"; commit\")"),
        Arguments.of(READS, "select 1 from `a; commit`"),
        Arguments.of(READS, "select 1 # ; commit\n from t"),
        Arguments.of(READS, "select 1 -- ; commit\n from t"),
        Arguments.of(READS, "select $$, 1"),
        Arguments.of(READS, "rollback to x"),
        Arguments.of(READS, "rollback work to savepoint x"),
        Arguments.of(SETS, "set @autocommit = 1"),
        Arguments.of(SETS, "set @`autocommit` = 1"),
        Arguments.of(READS, "set global autocommit = 1"),
        Arguments.of(SETS, "set @x = (select autocommit from t)"),
        Arguments.of(SETS, "set sql_mode = ''"),
        Arguments.of(READS, "set statement max_statement_time = 1 for select 1"),
        Arguments.of(SETS, "create temporary table t (id int)"),
        Arguments.of(SETS, "create or replace temporary table t (id int)"),
        Arguments.of(SETS, "drop temporary table t"),
        Arguments.of(SETS, "drop prepare t"),
        Arguments.of(WRITES, "analyze format=json update t set id = 1"),
        Arguments.of(WRITES, "load data infile 'x' into table t"),
        Arguments.of(READS, "with x as (select 1) select * from x"),
        Arguments.of(LOCKS, "select 1 for update"),
        Arguments.of(LOCKS, "select id from t lock in share mode"),
        Arguments.of(LOCKS, "(select id from t) lock in share mode"),
        Arguments.of(LOCKS, "with x as (select 1) select * from x for update"),
        Arguments.of(LOCKS, "set statement max_statement_time = 1 for select 1 for update"),
        Arguments.of(WRITES, "select id from t into outfile '/tmp/x'"),
        Arguments.of(READS, "select id from t into @x"),
        Arguments.of(READS, "analyze select 1"),
        Arguments.of(WRITES, "with x as (select 1) delete from t"),
        Arguments.of(WRITES, "delete from t"),
        Arguments.of(WRITES, "update t set id = 1"),
        Arguments.of(WRITES, "replace into t values (1)"),
        Arguments.of(WRITES, "analyze update t set id = 1"),
        Arguments.of(WRITES, "set statement max_statement_time = 1 for delete from t"),
        Arguments.of(HIDES, "call f()"),
        Arguments.of(HIDES, "{call f()}"),
        Arguments.of(HIDES, "{? = call f()}"),
        Arguments.of(HIDES, "execute immediate 'commit'"),
        Arguments.of(HIDES, "begin not atomic select 1; end"),
        Arguments.of(HIDES, "if 1 then call f(); end if"),
        Arguments.of(COMMITS, "create table t (id int)"),
        Arguments.of(COMMITS, "create or replace table t (id int)"),
        Arguments.of(COMMITS, "create temporary sequence s"),
        Arguments.of(COMMITS, "drop temporary sequence s"),
        Arguments.of(SETS, "use other"),
        Arguments.of(SETS, "handler t open"),
        Arguments.of(SETS, "prepare p from 'delete from t'"),
        Arguments.of(COMMITS, "drop table t"),
        Arguments.of(COMMITS, "truncate t"),
        Arguments.of(COMMITS, "analyze local table t"),
        Arguments.of(COMMITS, "load index into cache t"),
        Arguments.of(COMMITS, "lock tables t read"),
        Arguments.of(COMMITS, "start replica"),
        Arguments.of(COMMITS, "set password = 'x'"),
        Arguments.of(COMMITS, "insert into t values (1); drop table t"),
        Arguments.of(COMMITS, "/*!40101 drop table t */"),
        Arguments.of(CONTROLS, "commit"),
        Arguments.of(CONTROLS, "begin"),
        Arguments.of(CONTROLS, "begin; select 1"),
        Arguments.of(HIDES, "begin not atomic commit; end"),
        Arguments.of(CONTROLS, "begin not atomic select 1; commit; end"),
        Arguments.of(CONTROLS, "rollback and chain"),
        Arguments.of(CONTROLS, "start transaction with consistent snapshot"),
        Arguments.of(CONTROLS, "xa end 'x'"),
        Arguments.of(CONTROLS, "set session transaction read only"),
        Arguments.of(CONTROLS, "set names utf8mb4, @@autocommit = 0"),
        Arguments.of(CONTROLS, "set @@session.tx_isolation = 'SERIALIZABLE'"),
        Arguments.of(CONTROLS, "set statement max_statement_time = 1 for commit"),
        Arguments.of(CONTROLS, "select 1;commit"),
        Arguments.of(CONTROLS, "select '\\\\'; commit"),
        Arguments.of(CONTROLS, "select 1 /* /* */; commit"),
        Arguments.of(CONTROLS, "select 1 --1\n; commit"),
        Arguments.of(CONTROLS, "/*M!100100 commit*/"),
        Arguments.of(CONTROLS, "select 1 /*! ; commit */"));
  }

  @ParameterizedTest
  @MethodSource("onMariaDb")
  void mariaDbReadsItsOwnComments(Kind kind, String sql) {
    assertThat(new MariaDbDialect().read(sql).kind()).isEqualTo(kind);
  }

  @Test
  void isolationAndAccessModeAreOneStatementOnMariaDb() {
    Dialect dialect = new MariaDbDialect();

    assertThat(dialect.oneShot(Isolation.DEFAULT, false, DriverState.UNKNOWN)).isNull();
    assertThat(dialect.oneShot(Isolation.DEFAULT, true, DriverState.UNKNOWN))
        .isEqualTo("SET TRANSACTION READ ONLY");
    assertThat(dialect.oneShot(Isolation.SERIALIZABLE, true, DriverState.UNKNOWN))
        .isEqualTo("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY");
    assertThat(dialect.isolations()).doesNotContain(Isolation.SNAPSHOT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "with a as (select 1) select replace(x, 'a', 'b') from a",
        "with a as (select 1) select insert (x, 1, 1, 'b') from a",
        "explain select replace(x, 'a', 'b') from t"
      })
  void aFunctionNamedAsAWriteIsNone(String sql) {
    assertThat(new H2Dialect().read(sql).kind()).isEqualTo(READS);
    assertThat(new PostgreSqlDialect().read(sql).kind()).isIn(READS, WRITES); // it has no such
    assertThat(new MariaDbDialect().read(sql).kind()).isEqualTo(READS);
  }

  @Test
  void aWordThatIsNotAFunctionsNameIsStillAWrite() {
    assertThat(new MariaDbDialect().read("analyze format=json replace `t` (a) values (1)").kind())
        .isEqualTo(WRITES);
    assertThat(new H2Dialect().read("with a as (select 1) delete from \"t\"").kind())
        .isEqualTo(WRITES);
  }

  @Test
  void twoSlashesBeginACommentInH2Only() {
    String sql = "// it's a comment\n select 1 // it's another\n; delete from t";
    assertThat(new H2Dialect().read(sql).kind()).isEqualTo(WRITES);
    assertThat(new H2Dialect().read("// insert\n select 4 / 2").kind()).isEqualTo(READS);
    assertThat(new PostgreSqlDialect().read("select 1 // 'delete'").kind()).isEqualTo(READS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "explain analyze create table made as select 1",
        "explain (analyze) execute p",
        "EXPLAIN ANALYZE CREATE MATERIALIZED VIEW made AS SELECT 1"
      })
  void whatAnExplainWithAnalyzeRunsIsAWrite(String sql) {
    assertThat(new PostgreSqlDialect().read(sql).kind()).isEqualTo(WRITES);
  }

  @Test
  void whatFollowsATemporaryTableIsRead() {
    MariaDbDialect dialect = new MariaDbDialect();
    assertThat(dialect.read("create temporary table a (b int)").kind()).isEqualTo(SETS);
    assertThat(dialect.read("create temporary table a (b int); insert into t values (1)").kind())
        .isEqualTo(WRITES);
    assertThat(dialect.read("create temporary table a (b int); commit").kind()).isEqualTo(CONTROLS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select id from t with lock",
        "select id from t with rs use and keep share locks",
        "select id from t with rr use and keep exclusive locks"
      })
  void otherDatabasesLocksAreSeen(String sql) {
    assertThat(new H2Dialect().read(sql).kind()).isEqualTo(LOCKS);
  }
}
