package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.context.Coded;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import org.junit.jupiter.api.Test;

/** Whoever handles a failure of ours finds its code the same way, whatever its type. */
final class CodedTest extends CoreTest {
  private static void assertCoded(Throwable thrown, String code) {
    assertThat(thrown)
        .isInstanceOfSatisfying(Coded.class, coded -> assertThat(coded.code()).isEqualTo(code))
        .hasMessageStartingWith(code + " ");
  }

  @Test
  void exceptionsOfTheHostAndOfTheContextSayTheirCodeByOneInterface() {
    assertCoded(
        catchThrowable(() -> host.withTransaction(Propagation.MANDATORY, () -> {})), "TXH-101");
    assertCoded(catchThrowable(Context::current), "TXH-301");
    assertCoded(
        catchThrowable(
            () -> Context.run(() -> Context.current().require(ContextKey.of("k", String.class)))),
        "TXH-302");
  }
}
