package io.txhost.examples.todo;

import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Primary;

/** The real repository, in which a test can step in around the insert. */
@TestComponent
@Primary
final class InterceptedRepository implements TodoRepository {
  private static final Runnable NOTHING = () -> {};

  private final TodoRepository real;
  volatile Runnable beforeInsert = NOTHING;
  volatile Runnable afterInsert = NOTHING;

  InterceptedRepository(@Qualifier("storedTodos") TodoRepository real) {
    this.real = real;
  }

  void reset() {
    beforeInsert = NOTHING;
    afterInsert = NOTHING;
  }

  @Override
  public Optional<Todo> findByTitle(String title) {
    return real.findByTitle(title);
  }

  @Override
  public List<Todo> findAll() {
    return real.findAll();
  }

  @Override
  public Todo insert(String title) {
    beforeInsert.run();
    Todo todo = real.insert(title);
    afterInsert.run();
    return todo;
  }
}
