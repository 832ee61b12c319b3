package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/** What is there where the carrier asked for cannot be had: it refuses everything, and says why. */
final class AbsentCarrier extends Carrier {
  private final String asked;
  private final String found;

  /**
   * @param found what is wrong with it
   */
  AbsentCarrier(String asked, String found) {
    this.asked = asked;
    this.found = found;
  }

  private IllegalStateException refused() {
    return new IllegalStateException("TXH-401 " + PROPERTY + "=" + asked + " " + found);
  }

  @Override
  Frame top() {
    throw refused();
  }

  @Override
  <W, R extends @Nullable Object, X extends Throwable> R bind(
      Frame frame, W work, Runner<? super W, R, X> runner, boolean guards) {
    throw refused();
  }

  @Override
  void push(Frame frame) {
    throw refused();
  }

  @Override
  void pop(Frame frame) {
    throw refused();
  }

  @Override
  boolean wasForkedOver(Frame frame, Thread thread) {
    throw refused();
  }

  @Override
  void dropClosed() {
    throw refused();
  }

  @Override
  public String toString() {
    return "absent: " + asked;
  }
}
