package io.txhost.spring;

import io.txhost.context.Context;
import io.txhost.context.ContextEndedException;
import io.txhost.context.ContextKey;
import io.txhost.spi.ThreadName;
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
    Beans beans = new Beans(context);
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
   * Those of one context. One lock for all that are made: two that need each other cannot block.
   */
  private static final class Beans {
    private final Context context;
    private final ReentrantLock making = new ReentrantLock();
    private final Map<String, Object> made = new ConcurrentHashMap<>();
    private final Map<String, Runnable> destructions = new ConcurrentHashMap<>();
    private boolean ended;

    Beans(Context context) {
      this.context = context;
    }

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
      destructions.remove(name);
      return made.remove(name);
    }

    /** The bean that was ready last is the first to go: it may use the others. */
    void atEnd(String name, Runnable destruction) {
      destructions.put(name, destruction);
      context.onEnd(() -> destroy(name));
    }

    private void destroy(String name) {
      Runnable destruction = destructions.remove(name);
      if (destruction != null) {
        destruction.run();
      }
    }

    /** After the destructions, which may ask for what is there. */
    void close() {
      making.lock();
      try {
        ended = true;
        made.clear();
      } finally {
        making.unlock();
      }
    }
  }
}
