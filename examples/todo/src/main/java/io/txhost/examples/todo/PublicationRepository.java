package io.txhost.examples.todo;

import io.txhost.examples.todo.Publication.Delivery;

/**
 * Where the publications are. Inside a transaction every method is part of it. Each row notes the
 * request that it comes from: the id of the {@link io.txhost.context.Context}.
 */
interface PublicationRepository {

  /** Stores a new publication and returns its id. */
  long insert(String title);

  /** Stores a channel's part of a publication. */
  void insert(long publication, Delivery delivery);
}
