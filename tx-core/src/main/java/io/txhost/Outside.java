package io.txhost;

import io.txhost.internal.CapturedTransaction;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A boundary without a transaction: nothing was opened, so nothing is ended. */
final class Outside extends Boundary {
  /**
   * Whether it says so, and the fallback is permitted. Else it is as outside: SUPPORTS by hand, or
   * with something asked of it.
   */
  private final boolean permitsFallback;

  /** The boundary that has asked for readOnly, this one or one around it. Else null. */
  final @Nullable String readOnlyFor;

  private final String label;

  /**
   * Opens one. What holds around it without a transaction holds inside, too: nothing asked here
   * lifts it.
   *
   * @param nearest what is around it
   * @param context of the code inside
   */
  static Outside open(
      HostSetup host,
      TransactionOptions asked,
      @Nullable Frame nearest,
      @Nullable Object context,
      boolean permitsFallback) {
    String label = host.nameOf(asked);
    String around = nearest instanceof Outside outer ? outer.readOnlyFor : null;
    return new Outside(
        host,
        Carrier.current(),
        context,
        label,
        permitsFallback,
        deadline(host, asked, nearest),
        around == null && asked.readOnly() ? label : around);
  }

  /**
   * Of what is entered here and does not join: its own, or the one that holds here without a
   * transaction if that comes first. A transaction that is set aside keeps its to itself.
   */
  static @Nullable Deadline deadline(
      HostSetup host, TransactionOptions options, @Nullable Frame nearest) {
    Deadline own = Deadline.of(host, options);
    return nearest instanceof Outside around ? Deadline.sooner(around.deadline, own) : own;
  }

  /**
   * @param deadline of the statements inside
   * @param readOnlyFor who has asked that they only read, if anybody has
   */
  private Outside(
      HostSetup host,
      Frame outer,
      @Nullable Object context,
      String label,
      boolean permitsFallback,
      @Nullable Deadline deadline,
      @Nullable String readOnlyFor) {
    super(host, outer, context, deadline);
    this.label = label;
    this.permitsFallback = permitsFallback;
    this.readOnlyFor = readOnlyFor;
  }

  @Override
  boolean permitsFallback() {
    return permitsFallback;
  }

  @Override
  String label() {
    return label;
  }

  @Override
  Found found() {
    return Found.NONE;
  }

  @Override
  boolean keeps() {
    return true; // nothing was opened, and what was sent has stayed
  }

  @Override
  boolean keepsDespite(Throwable failure) {
    return false;
  }

  @Override
  void finish() {
    // nothing was opened
  }

  @Override
  void undo() {
    // nothing was opened
  }

  @Override
  void fail(Throwable failure) {
    // nothing was opened
  }

  @Override
  void after() {
    if (permitsFallback) {
      SetAside.resumed(host);
    }
  }

  @Override
  protected List<CapturedTransaction> captured() {
    return List.of(new CapturedTransaction(host, null, label));
  }

  @Override
  public String toString() {
    return "'" + label + "' without a transaction" + onThread();
  }
}
