package io.txhost.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.txhost.observe.FinishedTransaction.Outcome;
import io.txhost.spi.TransactionInfo;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters, made when they are first needed: one map lookup finds those of a host, one of a name. */
final class Meters implements Sink {
  private static final String OTHER = "other";

  private final MeterRegistry registry;
  private final int mostNames;
  private final AtomicInteger names = new AtomicInteger();
  private final Map<String, OfHost> hosts = new ConcurrentHashMap<>();

  Meters(MeterRegistry registry, int mostNames) {
    this.registry = registry;
    this.mostNames = mostNames;
  }

  @Override
  public boolean isEnabled() {
    return true;
  }

  @Override
  public Follower follow(Observed transaction) {
    OfHost host = host(transaction.info.host());
    host.open.incrementAndGet();
    return host;
  }

  @Override
  public void retried(TransactionInfo transaction, int attempt, Duration delay, Throwable why) {
    host(transaction.host()).named(transaction.name()).retries.increment();
  }

  private OfHost host(String name) {
    OfHost known = hosts.get(name);
    return known == null ? hosts.computeIfAbsent(name, OfHost::new) : known;
  }

  private final class OfHost implements Follower {
    private final String host;
    final AtomicInteger open = new AtomicInteger();
    private final Timer held;
    private final Timer wait;
    private final Map<String, OfName> byName = new ConcurrentHashMap<>();

    OfHost(String host) {
      this.host = host;
      Tags tags = Tags.of("host", host);
      this.held =
          Timer.builder("txhost.connection.held")
              .description("How long transactions held their connection")
              .tags(tags)
              .register(registry);
      this.wait =
          Timer.builder("txhost.connection.wait")
              .description("How long transactions waited for their connection")
              .tags(tags)
              .register(registry);
      Gauge.builder("txhost.open", open, AtomicInteger::get)
          .description("Transactions that are open")
          .tags(tags)
          .register(registry);
    }

    OfName named(String name) {
      OfName known = byName.get(name);
      return known == null ? newlyNamed(name) : known;
    }

    /** A name that comes too late is not even kept: it may be one of endlessly many. */
    private OfName newlyNamed(String name) {
      boolean isKept = names.get() < mostNames;
      return byName.computeIfAbsent(
          isKept ? name : OTHER,
          kept -> {
            names.incrementAndGet();
            return new OfName(registry, host, kept);
          });
    }

    @Override
    public void acquired(Duration time) {
      wait.record(time);
    }

    @Override
    public void released(Duration time) {
      held.record(time);
    }

    @Override
    public void ended(FinishedTransaction how) {
      open.decrementAndGet();
      named(how.name()).timer(how.outcome()).record(how.duration());
    }
  }

  /** Of the transactions of one name. */
  private static final class OfName {
    final Counter retries;
    private final Map<Outcome, Timer> byOutcome = new EnumMap<>(Outcome.class);

    OfName(MeterRegistry registry, String host, String name) {
      Tags tags = Tags.of("host", host, "name", name);
      this.retries =
          Counter.builder("txhost.retries")
              .description("Attempts that failed and were repeated")
              .tags(tags)
              .register(registry);
      for (Outcome each : Outcome.values()) {
        byOutcome.put(
            each,
            Timer.builder("txhost.transactions")
                .description("Transactions, from begin to end")
                .tags(tags.and("outcome", each.toString()))
                .register(registry));
      }
    }

    Timer timer(Outcome outcome) {
      return Objects.requireNonNull(byOutcome.get(outcome));
    }
  }
}
