package io.txhost.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What captured work takes along: the context, and of the transactions only their names. It keeps
 * no frame alive, nor what its transactions held.
 *
 * @param context the active context, if any
 * @param transactions those that were active, at most one a host
 * @param isForkUnderOverlay whether the capturing thread could not see what its forker had
 *     installed; see {@link Carrier#forkedUnderOverlay}
 */
public record CapturedContext(
    @Nullable Object context, List<CapturedTransaction> transactions, boolean isForkUnderOverlay) {
  static final CapturedContext NOTHING = new CapturedContext(null, List.of(), false);
}
