package io.txhost.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Undoes after each test what the test, and the code under test, wrote to a {@link TestDataSource}.
 *
 * <pre>{@code
 * @TxTest
 * class OrderServiceTest { ... }
 * }</pre>
 *
 * <p>Each test has one transaction of the database. It is taken with the first use of a {@code
 * TestDataSource} on the test's thread, {@code @BeforeEach} included, and rolled back after
 * {@code @AfterEach}. The code under test runs as it would: a boundary begins, commits or rolls
 * back, runs its hooks and retries. To the database a boundary's commit is the release of a
 * savepoint, and its rollback goes back to the savepoint.
 *
 * <p>What another connection commits meanwhile stays: a REQUIRES_NEW inside another transaction,
 * and whatever another thread begins. {@link #escapes()} says what the test makes of it.
 *
 * <p>On a method it replaces the class's annotation whole. {@code @Nested} classes have their
 * enclosing class's.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TxTestExtension.class)
public @interface TxTest {

  /** How the database gets rid of what a test wrote. */
  enum Mode {
    /** The test's transaction is rolled back. */
    ROLLBACK,
    /** Everything commits; {@link TxTest#clean()} is run after each test. */
    COMMIT_AND_CLEAN
  }

  /** What a test makes of something that was found. */
  enum Reaction {
    /** The test fails. */
    FAIL,
    /** It is logged as a warning, by {@code io.txhost.test}. */
    WARN,
    /** Nothing. */
    ALLOW
  }

  /** How the database gets rid of what a test wrote. */
  Mode mode() default Mode.ROLLBACK;

  /**
   * What the test makes of work that escaped: it was committed by another connection or on another
   * thread, or a host refused it outside a transaction and nobody may have seen the refusal. Where
   * {@link #clean()} is given, a commit is cleaned, and no longer counts.
   */
  Reaction escapes() default Reaction.FAIL;

  /**
   * What the test makes of a write outside any boundary on its own thread. In production it
   * auto-commits; in a test it is undone with the test. A test that prepares its data so allows it.
   */
  Reaction writesOutside() default Reaction.ALLOW;

  /**
   * Scripts that clean the database after a test: resources of the class path, looked for from the
   * test class, as {@link Class#getResource} does. A statement ends with a semicolon at the end of
   * a line. With {@link Mode#COMMIT_AND_CLEAN} they run after each test, otherwise after a test of
   * which something was committed. They run on each {@code TestDataSource} that was written to.
   */
  String[] clean() default {};
}
