package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.elsewhere.NamingProgram;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a boundary is called that was given no name. */
class NamesTest extends CoreTest {
  @Test
  void withDiagnosticsOnItIsNamedAfterItsCaller() {
    host.withTransaction(() -> {});
    try (ManualTransaction byHand = host.begin()) {
      byHand.commit();
    }
    Runnable inALambda = () -> host.withTransaction(() -> {});
    inALambda.run();

    String caller = "NamesTest.withDiagnosticsOnItIsNamedAfterItsCaller";
    assertThat(listener.events)
        .containsExactly(
            "began " + caller,
            "committed " + caller,
            "began " + caller,
            "committed " + caller,
            "began " + caller,
            "committed " + caller);
  }

  @Test
  void whatIsRefusedIsNamedLikewise() {
    assertThatThrownBy(() -> host.withTransaction(Propagation.MANDATORY, () -> {}))
        .hasMessageContaining("'NamesTest.whatIsRefusedIsNamedLikewise'");
    host.withTransaction(
        () ->
            assertThatThrownBy(
                    () ->
                        host.withTransaction(
                            TransactionOptions.defaults().isolation(Isolation.SERIALIZABLE),
                            () -> {}))
                .hasMessageContaining("'NamesTest.whatIsRefusedIsNamedLikewise'"));
  }

  @Test
  void aNameThatWasGivenStays() {
    host.withTransaction(named("given"), () -> {});

    assertThat(listener.events).containsExactly("began given", "committed given");
  }

  @Test
  void withDiagnosticsOffItHasTheHostsName() throws Exception {
    assertThat(
            Programs.output(
                List.of(
                    "-Dtxhost.diagnostics=off",
                    "-cp",
                    System.getProperty("java.class.path"),
                    NamingProgram.class.getName())))
        .contains("MANDATORY for 'orders' refused on host 'orders'")
        .doesNotContain("unnamed");
  }
}
