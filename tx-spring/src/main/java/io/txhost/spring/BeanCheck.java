package io.txhost.spring;

/**
 * One of the things that are looked at of each bean while an application context starts. Makes no
 * bean. A bean's class is known in steps, and a check comes where it can tell.
 */
interface BeanCheck {

  /** Before any bean is made: the class is the declared one. */
  default void declared(InspectedBean bean, Findings findings) {}

  /**
   * When the bean is made: the class is its own, where a factory method may have declared an
   * interface. Comes twice where a FactoryBean makes it; from several threads at once.
   */
  default void arrived(InspectedBean bean, Findings findings) {}

  /** When all are made that are made at start. */
  default void made(InspectedBean bean, Findings findings) {}
}
