package io.txhost.examples.todo;

import java.util.List;

/**
 * Something that was published: the parent of its deliveries.
 *
 * @param id given by the database
 * @param title what it is about
 * @param deliveries one for each channel, in the order that was asked for
 */
public record Publication(long id, String title, List<Delivery> deliveries) {

  /** One channel's part of a publication. */
  public record Delivery(String channel, String message) {}
}
