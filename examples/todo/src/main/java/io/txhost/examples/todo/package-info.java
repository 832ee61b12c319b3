/**
 * A todo application, to read from outside in: {@code TodoController} and {@code PageController}
 * hand a {@code CreateTodo} to {@code CreateTodoHandler}, which alone says where a transaction
 * starts and ends; {@code TodoService} knows nothing of transactions; the {@code TodoRepository}
 * asks for the current one, with JDBC, Jdbi or jOOQ.
 *
 * <p>{@code PublishHandler} has one transaction around several {@code Publisher}s, which the {@code
 * PublisherFactory} picks by channel, in order or in parallel. {@code ImportTodosHandler} has one
 * around several todos, and a block in it for each. {@code RequestContexts} gives each request the
 * context whose id its rows and its log lines carry.
 *
 * <p>The package {@code waterfall} draws what the transactions of the last requests did. Nothing
 * here knows of it, but the templates.
 */
@NullMarked
package io.txhost.examples.todo;

import org.jspecify.annotations.NullMarked;
