package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.RecordingAdapter.At;
import io.txhost.RecordingAdapter.Db;
import io.txhost.spi.ResourceView;
import org.junit.jupiter.api.Test;

/** The hosts of one application, by name. */
class TransactionHostsTest extends CoreTest {
  private final TransactionHost<Db> orders = host().name("orders").build();
  private final TransactionHost<Db> ledger = host().name("ledger").build();

  @Test
  void aHostIsNamedDefaultUnlessNamed() { // B13
    assertThat(TransactionHost.create(adapter).name()).isEqualTo("default");
    assertThat(orders.name()).isEqualTo("orders");
    assertThat(orders).hasToString("host 'orders'");
  }

  @Test
  void aHostIsFoundByItsName() { // B13
    TransactionHosts hosts = TransactionHosts.of(orders, host, ledger);

    assertThat(hosts.get("ledger")).isSameAs(ledger);
    assertThat(hosts.get("default")).isSameAs(host);
    assertThat(hosts.get("")).isSameAs(host);
    assertThat(hosts.names()).containsExactly("orders", "default", "ledger");
    assertThatThrownBy(() -> hosts.names().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void theOnlyHostIsTheDefaultWhateverItsName() { // B13
    assertThat(TransactionHosts.of(ledger).defaultHost()).isSameAs(ledger);
    assertThat(TransactionHosts.of(ledger).get("")).isSameAs(ledger);
  }

  @Test
  void aSecondHostOfTheSameNameIsRefused() { // B13
    assertThatThrownBy(() -> TransactionHosts.of(ledger, host().name("ledger").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TXH-201")
        .hasMessageContaining("'ledger'");
  }

  @Test
  void viewsOfOneHostAreOneHost() { // A23, B13
    TransactionHost<String> view = ledger.viewedAs(new Titles());
    TransactionHost<String> ofAnother = host().name("ledger").build().viewedAs(new Titles());

    assertThat(TransactionHosts.of(ledger, view).get("ledger")).isSameAs(ledger);
    assertThat(TransactionHosts.of(view, ledger).names()).containsExactly("ledger");
    assertThatThrownBy(() -> TransactionHosts.of(ledger, ofAnother))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TXH-201");
  }

  private static final class Titles implements ResourceView<Db, String> {
    @Override
    public String inside(Db resource) {
      return "inside";
    }

    @Override
    public String outside(Db fallback) {
      return "outside";
    }
  }

  @Test
  void anUnknownNameListsTheKnownOnes() { // B13
    assertThatThrownBy(() -> TransactionHosts.of(ledger, orders).get("billing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TXH-202")
        .hasMessageContaining("'billing'")
        .hasMessageContaining("ledger, orders");
    assertThatThrownBy(() -> TransactionHosts.of().get("billing"))
        .hasMessageContaining("there are no hosts");
  }

  @Test
  void ofSeveralWithoutADefaultOneMustBeNamed() { // B13
    assertThatThrownBy(() -> TransactionHosts.of(ledger, orders).defaultHost())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TXH-202")
        .hasMessageContaining("ledger, orders");
    assertThatThrownBy(() -> TransactionHosts.of().get(""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theAdapterIsToldItsHostAndMayRefuseASecond() {
    assertThat(adapter.attachedTo).isSameAs(ledger);
    adapter.failAt(At.ATTACHED, new IllegalStateException("serves another"));

    assertThatThrownBy(() -> host().build()).hasMessage("serves another");
  }
}
