package io.txhost.examples.todo;

/** Without any profile. */
final class TodoOnH2Test extends TodoContract {}
