package io.txhost.examples.todo;

/** Without any setting: Jdbi on H2. */
final class TodoOnH2Test extends TodoContract {}
