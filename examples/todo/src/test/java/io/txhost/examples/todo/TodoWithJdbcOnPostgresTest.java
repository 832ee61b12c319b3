package io.txhost.examples.todo;

import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.TestPropertySource;

/** With plain JDBC, on a real PostgreSQL that the application starts. */
@ActiveProfiles("postgres")
@TestPropertySource(properties = "todo.database.adapter=jdbc")
final class TodoWithJdbcOnPostgresTest extends TodoContract {}
