package io.txhost.spring;

/**
 * One of the things that are looked at of all beans together while an application context starts.
 * Makes no bean.
 */
interface StartupCheck {

  /** Before any bean is made: what is known is what is declared. */
  default void declared(BeanGraph beans, Findings findings) {}

  /** When all are made that are made at start. */
  default void made(BeanGraph beans, Findings findings) {}
}
