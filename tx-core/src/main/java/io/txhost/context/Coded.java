package io.txhost.context;

/**
 * What all exceptions of txhost are, whatever their superclass: {@code docs/troubleshooting.md}
 * explains each code with an example and a fix.
 *
 * @implSpec Exceptions of adapters implement it, too, with codes of their own documentation. Their
 *     messages start with the code.
 */
public interface Coded {

  /**
   * The error's code.
   *
   * @return such as {@code TXH-101}; the message starts with it
   */
  String code();
}
