package io.txhost.examples.todo;

/**
 * A stored todo.
 *
 * @param id given by the database
 * @param title unique among all
 */
public record Todo(long id, String title) {}
