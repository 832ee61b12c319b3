/**
 * A todo application, to read from outside in: {@code TodoController} and {@code PageController}
 * hand a {@code CreateTodo} to {@code CreateTodoHandler}, which alone says where a transaction
 * starts and ends; {@code TodoService} knows nothing of transactions; {@code JdbiTodoRepository}
 * asks for the current one.
 */
@NullMarked
package io.txhost.examples.todo;

import org.jspecify.annotations.NullMarked;
