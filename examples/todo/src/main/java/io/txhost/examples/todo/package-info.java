/**
 * A todo application, to read from outside in: {@code TodoController} and {@code PageController}
 * hand a {@code CreateTodo} to {@code CreateTodoHandler}, which alone says where a transaction
 * starts and ends; {@code TodoService} knows nothing of transactions; the {@code TodoRepository}
 * asks for the current one, with JDBC, Jdbi or jOOQ.
 */
@NullMarked
package io.txhost.examples.todo;

import org.jspecify.annotations.NullMarked;
