package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.context.Context;
import io.txhost.context.ContextEntry;
import io.txhost.context.ContextInitializer;
import io.txhost.context.ContextKey;
import io.txhost.context.ContextMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Code of docs/contexts.md, run: {@link DocsTest} holds the page to what stands here. */
final class ContextsPageTest {
  private static final ContextKey<String> TENANT = ContextKey.of("tenant", String.class);
  private static final ContextKey<String> USER = ContextKey.of("user", String.class);

  private final List<String> handled = new ArrayList<>();

  record Message(String id, String tenant, String text) {}

  static final class FromMessage implements ContextInitializer<Message> {
    @Override
    public void initialize(Context context, Message message) {
      context.set(TENANT, message.tenant());
    }

    @Override
    public String id(Message message) {
      return message.id();
    }
  }

  private final ContextEntry<Message> messages = ContextEntry.of(new FromMessage());

  void onMessage(Message message) {
    messages.run(ContextMode.NEW, message, () -> handle(message));
  }

  private void handle(Message message) {
    Context here = Context.current();
    here.onEnd(() -> handled.add("end of " + here.id()));
    handled.add(here.id() + " " + here.require(TENANT) + " " + message.text());
  }

  @Test
  void eachMessageIsHandledInAContextOfItsOwn() {
    onMessage(new Message("m-1", "ann", "hello"));
    onMessage(new Message("m-2", "bob", "bye"));

    assertThat(handled).containsExactly("m-1 ann hello", "end of m-1", "m-2 bob bye", "end of m-2");
    assertThat(Context.isActive()).isFalse();
  }

  @Test
  void valuesFollowTheCall() throws Exception {
    ExecutorService executor = Context.wrap(Executors.newFixedThreadPool(4));
    try {
      Future<String> user =
          Context.call(
              () -> {
                Context.current().set(USER, "ann");
                return executor.submit(() -> Context.current().require(USER)); // "ann"
              });

      assertThat(user.get(20, TimeUnit.SECONDS)).isEqualTo("ann");
    } finally {
      executor.shutdown();
    }
  }
}
