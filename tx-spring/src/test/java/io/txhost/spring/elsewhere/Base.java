package io.txhost.spring.elsewhere;

/** A superclass in another package than its bean. */
public class Base {
  void hidden() {}

  public void open() {}
}
