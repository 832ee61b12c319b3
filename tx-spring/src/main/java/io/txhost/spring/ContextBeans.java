package io.txhost.spring;

import io.txhost.context.Context;
import io.txhost.context.ContextEndedException;
import io.txhost.context.ContextKey;
import io.txhost.spi.ThreadName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
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

  private final ContextKey<Beans> key =
      ContextKey.of("beans of scope context", Beans.class).notInherited();

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

  private Beans here(String name) {
    if (!Context.isActive()) {
      throw new IllegalStateException(
          "TXH-615 bean '"
              + shown(name)
              + "' is one for each context, and none is active on thread "
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

  private static Beans opened(Context context) {
    Beans beans = new Beans();
    context.onEnd(beans::close); // the first to be registered runs last
    return beans;
  }

  private static IllegalStateException ended(String name, @Nullable Throwable cause) {
    return new IllegalStateException(
        "TXH-616 bean '"
            + shown(name)
            + "' is one for each context, and the context that is active on thread "
            + ThreadName.here()
            + " has ended: work that outlives its request needs a context of its own, such as"
            + " Context.call inside the task, or @WithContext on what it calls",
        cause);
  }

  private static String shown(String name) {
    return ScopedProxyUtils.isScopedTarget(name)
        ? ScopedProxyUtils.getOriginalBeanName(name)
        : name;
  }

  /**
   * Those of one context. One lock for all that are made and destroyed: two that need each other
   * cannot block, and what is being made when the context ends is destroyed with the others.
   */
  private static final class Beans {
    private final ReentrantLock making = new ReentrantLock();
    private final Map<String, Object> made = new ConcurrentHashMap<>();

    /** The bean that was ready last comes first: it may use the others. Guarded by the lock. */
    private final Deque<Map.Entry<String, Runnable>> destructions = new ArrayDeque<>();

    /** Guarded by the lock. */
    private boolean ended;

    Object get(String name, ObjectFactory<?> maker) {
      Object present = made.get(name);
      return present != null ? present : make(name, maker);
    }

    private Object make(String name, ObjectFactory<?> maker) {
      making.lock();
      try {
        if (ended) {
          throw ended(name, null);
        }
        Object present = made.get(name);
        if (present == null) {
          present = maker.getObject();
          made.put(name, present);
        }
        return present;
      } finally {
        making.unlock();
      }
    }

    @Nullable Object remove(String name) {
      making.lock();
      try {
        destructions.removeIf(destruction -> destruction.getKey().equals(name));
        return made.remove(name);
      } finally {
        making.unlock();
      }
    }

    /** Asked for while the bean is made. */
    void atEnd(String name, Runnable destruction) {
      making.lock();
      try {
        destructions.push(Map.entry(name, destruction));
      } finally {
        making.unlock();
      }
    }

    /** A destruction may ask for what is there, and also for what was not made yet. */
    void close() {
      making.lock();
      try {
        destroyAll();
      } finally {
        ended = true;
        made.clear();
        making.unlock();
      }
    }

    /**
     * All of them; the first failure is thrown afterwards. What was destroyed stays there: two that
     * use each other at their end would be made anew without end.
     */
    private void destroyAll() {
      Throwable failed = null;
      for (var next = destructions.poll(); next != null; next = destructions.poll()) {
        try {
          next.getValue().run();
        } catch (RuntimeException | Error e) {
          if (failed == null) {
            failed = e;
          } else {
            failed.addSuppressed(e);
          }
        }
      }
      if (failed instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (failed instanceof Error error) {
        throw error;
      }
    }
  }
}
