package io.txhost.spring;

import io.txhost.context.Context;
import io.txhost.context.ContextEndedException;
import io.txhost.context.ContextKey;
import io.txhost.spi.ThreadName;
import java.time.Duration;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.Scope;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * The scope "context" of one bean factory. What it makes is kept in the context itself, under a key
 * that copies do not inherit.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class ContextBeans implements Scope {
  static final String SCOPE = "context";

  private final Duration longest;

  private final ContextKey<BeansOfContext> key =
      ContextKey.of("beans of scope context", BeansOfContext.class).notInherited();

  ContextBeans() {
    this(Duration.ofSeconds(30));
  }

  /**
   * @param longest how long to wait for a bean that another thread makes
   */
  ContextBeans(Duration longest) {
    this.longest = longest;
  }

  /** A scope of that name which somebody else has registered stays. */
  static void install(BeanDefinitionRegistry registry) {
    if (registry instanceof DefaultListableBeanFactory beans
        && beans.getRegisteredScope(SCOPE) == null) {
      beans.registerScope(SCOPE, new ContextBeans());
    }
  }

  @Override
  public Object get(String name, ObjectFactory<?> maker) {
    return here(name).get(name, maker);
  }

  @Override
  public @Nullable Object remove(String name) {
    return here(name).remove(name);
  }

  @Override
  public void registerDestructionCallback(String name, Runnable callback) {
    here(name).atEnd(name, callback);
  }

  @Override
  public @Nullable String getConversationId() {
    return Context.isActive() ? Context.current().id() : null;
  }

  private BeansOfContext here(String name) {
    if (!Context.isActive()) {
      throw new IllegalStateException(
          "TXH-615 bean '"
              + Wording.bean(name)
              + "' is one for each context, and no context is active on thread "
              + ThreadName.here()
              + ": open one with ContextFilter (requests), @WithContext (jobs, listeners) or"
              + " Context.call, or hand the task over through Context.wrap");
    }
    Context context = Context.current();
    try {
      return context.computeIfAbsent(key, () -> opened(context));
    } catch (ContextEndedException e) {
      throw ended(name, e);
    }
  }

  private BeansOfContext opened(Context context) {
    BeansOfContext beans = new BeansOfContext(longest);
    context.onEnd(beans::close); // comes before what was registered before
    return beans;
  }

  private static IllegalStateException ended(String name, @Nullable Throwable cause) {
    return new IllegalStateException(
        "TXH-616 bean '"
            + Wording.bean(name)
            + "' is one for each context, and the context that is active on thread "
            + ThreadName.here()
            + " has ended, or is ending. Work that outlives its request needs a context of its"
            + " own: Context.call inside the task, or @WithContext on what the task calls. An"
            + " onEnd callback that uses the bean must be registered after the bean's first use",
        cause);
  }

  /**
   * One lock for each bean while it is made, so that its maker may wait for another thread that
   * makes another; two that need each other in turn find that out by the limit.
   */
  private static final class BeansOfContext {
    private final Duration longest;
    private final Map<String, MakersLock> locks = new ConcurrentHashMap<>();
    private final Map<String, Object> made = new ConcurrentHashMap<>();

    /** The bean that was ready last comes first: it may use the others. */
    private final Deque<Map.Entry<String, Runnable>> destructions = new ConcurrentLinkedDeque<>();

    private volatile boolean ended;

    BeansOfContext(Duration longest) {
      this.longest = longest;
    }

    Object get(String name, ObjectFactory<?> maker) {
      Object present = made.get(name);
      return present != null ? present : make(name, maker);
    }

    private Object make(String name, ObjectFactory<?> maker) {
      MakersLock lock = locks.computeIfAbsent(name, absent -> new MakersLock());
      lock.enter(name, longest);
      try {
        refuseIfEnded(name);
        Object present = made.get(name);
        if (present == null) {
          present = maker.getObject();
          made.put(name, present);
          destroyIfEnded(name);
        }
        return present;
      } finally {
        lock.unlock();
      }
    }

    private void refuseIfEnded(String name) {
      if (ended) {
        throw ended(name, null);
      }
    }

    /** The context has ended while the bean was made. */
    private void destroyIfEnded(String name) {
      if (ended) {
        made.clear();
        throw ended(name, destroyAll(null));
      }
    }

    @Nullable Object remove(String name) {
      destructions.removeIf(destruction -> destruction.getKey().equals(name));
      return made.remove(name);
    }

    /** Asked for while the bean is made. */
    void atEnd(String name, Runnable destruction) {
      destructions.push(Map.entry(name, destruction));
    }

    /**
     * A destruction may ask for what is there, and also for what was not made yet. What another
     * thread is still making is not waited for: that thread destroys it.
     */
    void close() {
      Throwable failed = destroyAll(null);
      ended = true;
      made.clear();
      failed = destroyAll(failed); // what was ready in between
      if (failed instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (failed instanceof Error error) {
        throw error;
      }
    }

    /**
     * All of them, whichever fails. What was destroyed stays there: two that use each other at
     * their end would be made anew without end.
     *
     * @return the first failure, the others suppressed in it
     */
    private @Nullable Throwable destroyAll(@Nullable Throwable before) {
      Throwable failed = before;
      for (var next = destructions.poll(); next != null; next = destructions.poll()) {
        try {
          next.getValue().run();
        } catch (RuntimeException | Error e) {
          if (failed == null) {
            failed = e;
          } else if (failed != e) { // which would throw, and the rest stay
            failed.addSuppressed(e);
          }
        }
      }
      return failed;
    }
  }

  /** Held by the thread that makes the bean. */
  private static final class MakersLock extends ReentrantLock {
    private static final long serialVersionUID = 1L;

    void enter(String bean, Duration longest) {
      try {
        if (!tryLock() && !tryLock(longest.toNanos(), TimeUnit.NANOSECONDS)) {
          throw refused(bean, "for " + longest.toSeconds() + " s", null);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw refused(bean, "until it was interrupted", e);
      }
    }

    /** Not an IllegalStateException, which Spring takes for a scope that is not active. */
    private BeanCurrentlyInCreationException refused(
        String bean, String howLong, @Nullable InterruptedException cause) {
      Thread maker = getOwner();
      BeanCurrentlyInCreationException refused =
          new BeanCurrentlyInCreationException(
              Wording.bean(bean),
              "TXH-621 bean '"
                  + Wording.bean(bean)
                  + "' is one for each context, and thread "
                  + ThreadName.here()
                  + " has waited "
                  + howLong
                  + " for it to be made by "
                  + (maker == null ? "another" : "thread " + ThreadName.of(maker))
                  + ": see what the other thread waits for. Two beans that are made at once must"
                  + " not need each other");
      if (cause != null) {
        refused.initCause(cause);
      }
      return refused;
    }
  }
}
