package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options: how they merge, what contradicts itself, and how an annotation is read. */
class OptionsTest extends CoreTest {
  private static final TransactionOptions HOSTS =
      named("hosts")
          .propagation(Propagation.REQUIRES_NEW)
          .isolation(Isolation.SERIALIZABLE)
          .readOnly(true)
          .timeout(Duration.ofMinutes(1))
          .noRollbackFor(IOException.class)
          .retry(RetryPolicy.maxAttempts(2));

  private TransactionOptions begunWith(TransactionOptions atCallSite) {
    TransactionHost<RecordingAdapter.Db> withDefaults = host().defaultOptions(HOSTS).build();
    withDefaults.withTransaction(atCallSite, () -> {});
    return adapter.begunWith.get(adapter.begunWith.size() - 1);
  }

  @Test
  void anOptionNotSetNeverOverridesTheHosts() { // B3
    TransactionOptions begun = begunWith(TransactionOptions.defaults());

    assertThat(begun).hasToString(HOSTS.toString());
    assertThat(begun.timeout()).contains(Duration.ofMinutes(1));
    assertThat(begun.retry()).isPresent();
    assertThat(begun.rollsBackOn(new IOException())).isFalse();
  }

  @Test
  void anOptionThatIsSetOverridesTheHostsWhateverItsValue() { // B3
    assertThat(begunWith(named("mine")).name()).contains("mine");
    assertThat(begunWith(named("mine")).isolation()).isEqualTo(Isolation.SERIALIZABLE);
    assertThat(begunWith(TransactionOptions.defaults().readOnly(false)).readOnly()).isFalse();
    assertThat(begunWith(TransactionOptions.defaults().isolation(Isolation.DEFAULT)).isolation())
        .isEqualTo(Isolation.DEFAULT);
    assertThat(begunWith(TransactionOptions.defaults().timeout(Duration.ofHours(1))).timeout())
        .contains(Duration.ofHours(1));
    assertThat(
            begunWith(TransactionOptions.defaults().noRollbackFor(List.of()))
                .rollsBackOn(new IOException()))
        .isTrue();
    assertThat(
            begunWith(TransactionOptions.defaults().rollbackFor(IOException.class))
                .rollsBackOn(new IOException()))
        .isTrue();
    assertThat(
            begunWith(TransactionOptions.defaults().retry(RetryPolicy.maxAttempts(7))).attempts())
        .isEqualTo(7);
  }

  @Test
  void theHostsDefaultPropagationCountsAndTheCallSitesWinsOverIt() { // B3
    TransactionHost<RecordingAdapter.Db> requiresNew =
        host()
            .defaultOptions(TransactionOptions.defaults().propagation(Propagation.REQUIRES_NEW))
            .build();

    requiresNew.withTransaction(
        () -> {
          requiresNew.withTransaction(() -> {});
          requiresNew.withTransaction(Propagation.REQUIRED, () -> {});
        });

    assertThat(adapter.transactions).hasSize(2);
  }

  @Test
  void aJoinerAsksOnlyForWhatWasSetOnIt() { // B3 B6
    TransactionHost<RecordingAdapter.Db> serializable =
        host()
            .defaultOptions(TransactionOptions.defaults().isolation(Isolation.SERIALIZABLE))
            .build();
    TransactionOptions weak = TransactionOptions.defaults().isolation(Isolation.READ_COMMITTED);

    serializable.withTransaction(
        weak,
        () -> {
          serializable.withTransaction(() -> {});
          serializable.withTransaction(Propagation.NESTED, () -> {});
          assertThatThrownBy(
                  () ->
                      serializable.withTransaction(
                          TransactionOptions.defaults().isolation(Isolation.SERIALIZABLE),
                          () -> {}))
              .isInstanceOf(IncompatibleTransactionException.class);
        });
  }

  @Test
  void theRollbackRulesOfTheHostAreAlsoAJoiners() { // B3
    TransactionHost<RecordingAdapter.Db> lenient =
        host()
            .defaultOptions(TransactionOptions.defaults().noRollbackFor(IOException.class))
            .build();

    lenient.withTransaction(
        () ->
            assertThatThrownBy(
                    () ->
                        lenient.withTransaction(
                            () -> {
                              throw new IOException("excepted");
                            }))
                .isInstanceOf(IOException.class));
    assertThat(listener.events)
        .contains("committed OptionsTest.theRollbackRulesOfTheHostAreAlsoAJoiners");
  }

  @Test
  void optionsAreImmutable() {
    TransactionOptions plain = TransactionOptions.defaults();
    for (UnaryOperator<TransactionOptions> setter :
        List.<UnaryOperator<TransactionOptions>>of(
            o -> o.propagation(Propagation.NESTED),
            o -> o.isolation(Isolation.SNAPSHOT),
            o -> o.readOnly(true),
            o -> o.timeout(Duration.ofSeconds(1)),
            o -> o.name("x"),
            o -> o.rollbackFor(IOException.class),
            o -> o.noRollbackFor(IOException.class),
            o -> o.retry(RetryPolicy.maxAttempts(2)))) {
      assertThat(setter.apply(plain)).isNotSameAs(plain);
      assertThat(plain).hasToString("defaults");
    }
  }

  @Test
  void whatIsSetIsShown() {
    assertThat(HOSTS)
        .hasToString(
            "hosts, REQUIRES_NEW, SERIALIZABLE, readOnly=true, timeout=PT1M,"
                + " noRollbackFor=[java.io.IOException], retry=at most 2 attempts, delays up to PT0.02S and PT1S");
  }

  // ---- contradictions

  @Test
  void aFailureCannotBothRollBackAndNot() {
    for (org.assertj.core.api.ThrowableAssert.ThrowingCallable contradiction :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () ->
                TransactionOptions.defaults()
                    .rollbackFor(IOException.class)
                    .noRollbackFor(Error.class, IOException.class),
            () ->
                TransactionOptions.defaults()
                    .noRollbackFor(IOException.class)
                    .rollbackFor(IOException.class))) {
      assertThatThrownBy(contradiction)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("TXH-204")
          .hasMessageContaining("IOException");
    }
  }

  @Test
  void aTimeoutIsPositive() {
    for (Duration none : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
      assertThatThrownBy(() -> TransactionOptions.defaults().timeout(none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(none.toString());
    }
  }

  @Test
  void aNameIsNotBlank() {
    assertThatThrownBy(() -> named(" ")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> host().name("")).isInstanceOf(IllegalArgumentException.class);
  }

  // ---- the annotation

  @Transactional
  static final class AllDefaults {}

  @Transactional(
      propagation = Propagation.NESTED,
      isolation = Isolation.SERIALIZABLE,
      readOnly = true,
      timeout = "5s",
      name = "given",
      rollbackFor = IOException.class,
      noRollbackFor = Exception.class,
      retry =
          @Retry(
              maxAttempts = 4,
              initialDelay = "7ms",
              maxDelay = "PT0.5S",
              alsoOn = OptimisticLockException.class,
              alsoOnSqlState = "55P03"))
  static final class AllSet {}

  @Transactional(timeout = "soon")
  static final class Unreadable {}

  @Transactional(rollbackFor = IOException.class, noRollbackFor = IOException.class)
  static final class Contradictory {}

  @Transactional(retry = @Retry(maxAttempts = 0))
  static final class NoAttempt {}

  @Transactional(retry = @Retry)
  static final class DefaultRetry {}

  @Transactional(timeout = "0s")
  static final class NoTime {}

  private static TransactionOptions of(Class<?> annotated) {
    return TransactionOptions.of(annotated.getAnnotation(Transactional.class), "Class.method");
  }

  @Test
  void anAttributeAtItsDefaultTakesTheHosts() { // B3
    TransactionOptions begun = begunWith(of(AllDefaults.class));

    assertThat(begun).hasToString(HOSTS.toString().replace("hosts,", "Class.method,"));
    assertThat(of(AllDefaults.class)).hasToString("Class.method");
  }

  @Test
  void everyAttributeThatIsSetIsAskedFor() { // B3
    TransactionOptions read = of(AllSet.class);

    assertThat(read)
        .hasToString(
            "given, NESTED, SERIALIZABLE, readOnly=true, timeout=PT5S,"
                + " rollbackFor=[java.io.IOException], noRollbackFor=[java.lang.Exception],"
                + " retry=at most 4 attempts, delays up to PT0.007S and PT0.5S,"
                + " also on [io.txhost.OptimisticLockException], also on SQLSTATE [55P03]");
    RetryPolicy policy = read.retry().orElseThrow();
    assertThat(policy.asksFor(new OptimisticLockException("x", null))).isTrue();
    assertThat(policy.asksFor(state("55P03"))).isTrue();
    assertThat(policy.asksFor(state("55P04"))).isFalse();
  }

  @Test
  void aRetryWithoutAttributesIsThreeAttempts() {
    assertThat(of(DefaultRetry.class).attempts()).isEqualTo(3);
  }

  @Test
  void whatCannotBeReadOrContradictsItselfIsRefused() {
    assertThatThrownBy(() -> of(Unreadable.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeout")
        .hasMessageContaining("'soon'")
        .hasMessageContaining("500ms");
    assertThatThrownBy(() -> of(Contradictory.class)).hasMessageContaining("TXH-204");
    assertThatThrownBy(() -> of(NoAttempt.class)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(NoTime.class)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "5s, PT5S",
    "5 S, PT5S",
    "2m, PT2M",
    "1h, PT1H",
    "PT5S, PT5S",
    "pt1m30s, PT1M30S",
    "' 3s ', PT3S",
    "999999999999h, PT999999999999H"
  })
  void aDurationIsReadAs(String text, Duration expected) {
    assertThat(AnnotationOptions.duration("timeout", text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "s", "5 sec", "-", "1d", "5s5s", "1.5s", "9999999999999s", "PT"})
  void aDurationIsNotReadFrom(String text) {
    assertThatThrownBy(() -> AnnotationOptions.duration("timeout", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void optionsThatSetTheSameAreEqualAndADefaultThatIsSetIsNotOneThatIsNot() {
    TransactionOptions all =
        named("n").rollbackFor(IOException.class).noRollbackFor(IllegalStateException.class);
    TransactionOptions again =
        named("n").rollbackFor(IOException.class).noRollbackFor(IllegalStateException.class);
    assertThat(again).isEqualTo(all).hasSameHashCodeAs(all).isNotSameAs(all);
    assertThat(all).isNotEqualTo(HOSTS).isNotEqualTo(null).isNotEqualTo("options");
    assertThat(TransactionOptions.defaults().readOnly(false))
        .isNotEqualTo(TransactionOptions.defaults());
    assertThat(all.rollbackFor()).containsExactly(IOException.class);
    assertThat(all.noRollbackFor()).containsExactly(IllegalStateException.class);
    assertThat(all)
        .asString()
        .contains("rollbackFor=[java.io.IOException]")
        .contains("noRollbackFor=[java.lang.IllegalStateException]");
  }

  @Test
  void aListThatIsSetReplacesTheOneBefore() {
    TransactionOptions options =
        TransactionOptions.defaults().rollbackFor(IOException.class).rollbackFor(Error.class);
    assertThat(options.rollbackFor()).containsExactly(Error.class);
    assertThat(TransactionOptions.defaults().rollbackFor()).isEmpty();

    RetryPolicy policy =
        RetryPolicy.maxAttempts(3)
            .alsoOn(IOException.class)
            .alsoOn(Error.class)
            .alsoOnSqlState("55P03")
            .alsoOnSqlState("1205");
    assertThat(policy.alsoOn()).containsExactly(Error.class);
    assertThat(policy.alsoOnSqlState()).containsExactly("1205");
  }

  @Test
  void policiesAreEqualByWhatTheySayAndSayAllOfIt() {
    RetryPolicy policy =
        RetryPolicy.maxAttempts(3)
            .initialDelay(Duration.ofMillis(1))
            .maxDelay(Duration.ofMillis(2))
            .alsoOn(IOException.class)
            .alsoOnSqlState("1205");
    RetryPolicy again =
        RetryPolicy.maxAttempts(3)
            .maxDelay(Duration.ofMillis(2))
            .initialDelay(Duration.ofMillis(1))
            .alsoOnSqlState("1205")
            .alsoOn(IOException.class);
    assertThat(again).isEqualTo(policy).hasSameHashCodeAs(policy);
    assertThat(RetryPolicy.maxAttempts(3)).isNotEqualTo(policy).isNotEqualTo(null);
    assertThat(policy.maxAttempts()).isEqualTo(3);
    assertThat(policy.initialDelay()).isEqualTo(Duration.ofMillis(1));
    assertThat(policy.maxDelay()).isEqualTo(Duration.ofMillis(2));
    assertThat(policy)
        .hasToString(
            "at most 3 attempts, delays up to PT0.001S and PT0.002S, also on [java.io.IOException],"
                + " also on SQLSTATE [1205]");
  }
}
