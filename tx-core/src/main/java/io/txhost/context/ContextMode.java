package io.txhost.context;

/**
 * What a new context starts from where one is active already. Where none is, all three start empty.
 */
public enum ContextMode {
  /** A copy of the outer values, under the outer id. What is set inside is not seen outside. */
  INHERIT,
  /** The outer context itself. */
  REUSE,
  /** Nothing of the outer one: no values, an id of its own. */
  NEW
}
