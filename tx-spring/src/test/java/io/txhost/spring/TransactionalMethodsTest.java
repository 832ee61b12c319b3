package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import io.txhost.Transactional;
import io.txhost.spring.Applications.OneHost;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.annotation.Scope;

class TransactionalMethodsTest {
  private static final int THREADS = 16;

  @RegisterExtension final WatchedPools pools = new WatchedPools();
  private final ExecutorService workers = pools.ofThreads(THREADS);

  static class Base {
    final TransactionHost<String> host;

    Base(TransactionHost<String> host) {
      this.host = host;
    }

    public String inherited() {
      return host.currentTransaction().orElseThrow().name();
    }
  }

  @Transactional(readOnly = true)
  @Scope("prototype")
  static class Reader extends Base {
    Reader(TransactionHost<String> host) {
      super(host);
    }
  }

  @Transactional
  static class Writer extends Base {
    Writer(TransactionHost<String> host) {
      super(host);
    }
  }

  @Test
  void allThreadsShareWhatWasReadOfAMethodAndClass() throws Exception {
    Method method = Base.class.getMethod("inherited");
    try (var application = Applications.start(OneHost.class, Writer.class, Reader.class)) {
      for (int round = 0; round < 200; round++) {
        TransactionalMethods methods =
            new TransactionalMethods(application.getBeanProvider(TransactionHosts.class));
        CyclicBarrier together = new CyclicBarrier(THREADS);
        Set<TransactionalMethod> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (TransactionalMethod read :
            onAllThreads(
                thread -> {
                  together.await(30, TimeUnit.SECONDS);
                  return methods.of(method, thread % 2 == 0 ? Writer.class : Reader.class);
                })) {
          seen.add(read);
        }
        assertThat(seen).hasSize(2);
      }
    }
  }

  @Test
  void oneInheritedMethodHasEachClassesOwnBoundary() throws Exception {
    try (var application = Applications.start(OneHost.class, Writer.class, Reader.class)) {
      Writer writer = application.getBean(Writer.class);
      Reader reader = application.getBean(Reader.class);
      List<String> names =
          onAllThreads(thread -> thread % 2 == 0 ? writer.inherited() : reader.inherited());

      for (int thread = 0; thread < THREADS; thread++) {
        assertThat(names.get(thread))
            .isEqualTo(
                thread % 2 == 0
                    ? "TransactionalMethodsTest.Writer.inherited"
                    : "TransactionalMethodsTest.Reader.inherited");
      }
    }
  }

  private interface Work<R> {
    R on(int thread) throws Exception;
  }

  private <R> List<R> onAllThreads(Work<R> work) throws Exception {
    List<Future<R>> running = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      running.add(workers.submit(() -> work.on(thread)));
    }
    List<R> results = new ArrayList<>();
    for (Future<R> result : running) {
      results.add(result.get(60, TimeUnit.SECONDS));
    }
    return results;
  }
}
