package io.txhost.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** All of one observer's. The failure of one does not keep the others from hearing. */
final class Sinks {
  private static final System.Logger LOG = System.getLogger("io.txhost");

  private final Sink[] all;

  /** Those that have failed, by type: the first failure of each is a warning. */
  private final Set<Class<?>> failed = ConcurrentHashMap.newKeySet();

  Sinks(List<Sink> all) {
    this.all = all.toArray(Sink[]::new);
  }

  boolean areEnabled() {
    for (Sink each : all) {
      if (each.isEnabled()) {
        return true;
      }
    }
    return false;
  }

  List<Follower> followersOf(Observed begun) {
    List<Follower> followers = new ArrayList<>(all.length);
    for (Sink each : all) {
      try {
        if (each.isEnabled()) {
          followers.add(each.follow(begun));
        }
      } catch (Throwable failure) {
        failed(each, failure);
      }
    }
    return followers;
  }

  void tell(Observed transaction, Consumer<Follower> event) {
    for (Follower each : transaction.followers) {
      try {
        event.accept(each);
      } catch (Throwable failure) {
        failed(each, failure);
      }
    }
  }

  void tellAll(Consumer<Sink> event) {
    for (Sink each : all) {
      try {
        if (each.isEnabled()) {
          event.accept(each);
        }
      } catch (Throwable failure) {
        failed(each, failure);
      }
    }
  }

  private void failed(Object who, Throwable failure) {
    System.Logger.Level level =
        failed.add(who.getClass()) ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG;
    LOG.log(
        level,
        "TXH-710 What observes transactions has failed, which changes nothing: "
            + who.getClass().getSimpleName()
            + ". Its next failures are logged at DEBUG.",
        failure);
  }
}
