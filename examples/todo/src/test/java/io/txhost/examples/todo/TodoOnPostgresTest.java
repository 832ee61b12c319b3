package io.txhost.examples.todo;

import org.springframework.test.context.ActiveProfiles;

/** On a real PostgreSQL, which the application starts. */
@ActiveProfiles("postgres")
final class TodoOnPostgresTest extends TodoContract {}
