package io.txhost.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.txhost.TransactionHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/**
 * What {@code @TxTest} says where it cannot do its work; what it does is shown beside the adapters.
 */
final class TxTestTest {

  private static String messageOf(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(tests))
        .execute()
        .testEvents()
        .finished()
        .stream()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .map(result -> result.getThrowable().map(Throwable::getMessage).orElse("passed"))
        .findFirst()
        .orElseThrow();
  }

  @TxTest
  static class WithoutADataSource {
    @Test
    void test() {}
  }

  @Test
  void aTestThatCouldNotBeUndoneFails() {
    // this module has no other test with a TestDataSource, so none is there
    assertThat(messageOf(WithoutADataSource.class))
        .contains("TXH-720", "TestDataSource.over(dataSource)");
  }

  @ExtendWith(TxTestExtension.class)
  static class WithoutTheAnnotation {
    @Test
    void test() {}
  }

  @Test
  void theExtensionAloneIsRefused() {
    assertThat(messageOf(WithoutTheAnnotation.class)).contains("TXH-731", "say @TxTest");
  }

  @Test
  void aTransactionAroundTheTestIsRefused() {
    TransactionHost<String> host = TransactionHost.create(NoOpAdapter.over("resource"));
    TxTest settings = WithoutADataSource.class.getAnnotation(TxTest.class);

    assertThatThrownBy(() -> host.withTransaction(() -> TestRun.start(settings, TxTestTest.class)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("TXH-730")
        .hasMessageContaining("aTransactionAroundTheTestIsRefused");
    assertThat(TestRun.isOpenHere()).isFalse();
  }
}
