package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The decision against brute force: every state that a few boundaries over two pools can come to,
 * and for each wait a search for any way in which it could end.
 */
class StuckTest {
  private static final int MOST_BOUNDARIES = 5;

  /**
   * A boundary: inside of another by its index, or of none; it has a connection or waits for it.
   */
  private record Boundary(int outer, int pool, boolean holds) {}

  /** The boundaries by age. One is listed after what it is inside of. */
  private record State(List<Boundary> all) {

    State with(Boundary added) {
      List<Boundary> next = new ArrayList<>(all);
      next.add(added);
      return new State(List.copyOf(next));
    }

    State granting(int waiter) {
      List<Boundary> next = new ArrayList<>(all);
      Boundary was = next.get(waiter);
      next.set(waiter, new Boundary(was.outer, was.pool, true));
      return new State(List.copyOf(next));
    }

    State without(int gone) {
      List<Boundary> next = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        Boundary b = all.get(i);
        if (i != gone) {
          next.add(new Boundary(b.outer > gone ? b.outer - 1 : b.outer, b.pool, b.holds));
        }
      }
      return new State(List.copyOf(next));
    }

    boolean hasInside(int outer) {
      return all.stream().anyMatch(b -> b.outer == outer);
    }

    int held(int pool) {
      return (int) all.stream().filter(b -> b.pool == pool && b.holds).count();
    }

    /** Ends of boundaries, and admissions of any that waits: in no particular order. */
    void goOn(int[] sizes, Consumer<State> next) {
      for (int i = 0; i < all.size(); i++) {
        Boundary b = all.get(i);
        if (!b.holds && held(b.pool) < sizes[b.pool]) {
          next.accept(granting(i));
        } else if (b.holds && !hasInside(i)) {
          next.accept(without(i));
        }
      }
    }

    /** New boundaries, at the top or inside of any that runs, two at most side by side. */
    void open(Consumer<State> next) {
      if (all.size() == MOST_BOUNDARIES) {
        return;
      }
      for (int outer = -1; outer < all.size(); outer++) {
        int inside = outer;
        boolean isRoom =
            outer < 0
                || (all.get(outer).holds
                    && all.stream().filter(b -> b.outer == inside).count() < 2);
        if (isRoom) {
          next.accept(with(new Boundary(outer, 0, false)));
          next.accept(with(new Boundary(outer, 1, false)));
        }
      }
    }

    List<Wait> waits() {
      List<Wait> waits = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        if (!all.get(i).holds && all.get(i).outer >= 0) {
          waits.add(new Wait(i, all.get(i).pool, around(i)));
        }
      }
      return waits;
    }

    private List<Boundary> around(int inner) {
      List<Boundary> around = new ArrayList<>();
      for (int o = all.get(inner).outer; o >= 0; o = all.get(o).outer) {
        around.add(all.get(o));
      }
      return around;
    }
  }

  private record Wait(int index, Integer pool, List<Boundary> around)
      implements Stuck.Wait<Integer, Boundary> {}

  private static Set<Integer> decided(State state, int[] sizes) {
    Set<Integer> stuck = new HashSet<>();
    Stuck.<Integer, Boundary, Wait>of(
            state.waits(), b -> b.holds ? b.pool : null, pool -> sizes[pool])
        .forEach(wait -> stuck.add(wait.index));
    return stuck;
  }

  /** Whether the wait ends in any future of the state in which nobody asks for more. */
  private static boolean canEnd(State from, int waiter, int[] sizes) {
    record At(State state, int waiter) {}
    Set<At> seen = new HashSet<>();
    Deque<At> next = new ArrayDeque<>(List.of(new At(from, waiter)));
    while (!next.isEmpty()) {
      At at = next.pop();
      if (at.state.all.get(at.waiter).holds) {
        return true;
      }
      for (int i = 0; i < at.state.all.size(); i++) {
        Boundary b = at.state.all.get(i);
        At then = null;
        if (!b.holds && at.state.held(b.pool) < sizes[b.pool]) {
          then = new At(at.state.granting(i), at.waiter);
        } else if (b.holds && !at.state.hasInside(i)) {
          then = new At(at.state.without(i), at.waiter > i ? at.waiter - 1 : at.waiter);
        }
        if (then != null && seen.add(then)) {
          next.push(then);
        }
      }
    }
    return false;
  }

  @ParameterizedTest // issue 13, point 10
  @CsvSource({"1, 1", "1, 2", "2, 2", "3, 1"})
  void itIsDecidedAsEveryWayOnShows(int first, int second) {
    int[] sizes = {first, second};
    Set<State> seen = new HashSet<>();
    Deque<State> next = new ArrayDeque<>(List.of(new State(List.of())));
    int stuckStates = 0;
    while (!next.isEmpty()) {
      State state = next.pop();
      Set<Integer> stuck = decided(state, sizes);
      for (Wait wait : state.waits()) {
        assertThat(stuck.contains(wait.index))
            .as("%s of %s", wait.index, state)
            .isEqualTo(!canEnd(state, wait.index, sizes));
      }
      stuckStates += stuck.isEmpty() ? 0 : 1;
      Consumer<State> add =
          found -> {
            if (seen.add(found)) {
              next.push(found);
            }
          };
      state.goOn(sizes, add);
      state.open(add);
    }

    assertThat(seen).hasSizeGreaterThan(1_000);
    assertThat(stuckStates).isGreaterThan(10);
  }

  /** As the gates do: where the newest was refused nobody else is stuck, and who waits goes on. */
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "2, 2", "3, 1"})
  void whereTheNewestIsRefusedAllOthersCanGoOn(int first, int second) {
    int[] sizes = {first, second};
    Set<State> seen = new HashSet<>();
    Deque<State> next = new ArrayDeque<>(List.of(new State(List.of())));
    int refused = 0;
    while (!next.isEmpty()) {
      State state = next.pop();
      Set<Integer> stuck = decided(state, sizes);
      State then = state;
      if (!stuck.isEmpty()) {
        int newest = stuck.stream().mapToInt(Integer::intValue).max().orElseThrow();
        assertThat(newest).isEqualTo(state.all.size() - 1); // nobody was stuck before it came
        then = state.without(newest);
        refused++;
      }
      assertThat(decided(then, sizes)).as("%s", then).isEmpty();
      Consumer<State> add =
          found -> {
            if (seen.add(found)) {
              next.push(found);
            }
          };
      then.goOn(sizes, add);
      then.open(add);
    }

    assertThat(refused).isGreaterThan(10);
  }

  @Test
  void aPoolWithOneConnectionThatNobodyIsKnownToHaveIsNeverStuck() {
    Boundary holder = new Boundary(-1, 0, true);
    Wait wait = new Wait(1, 0, List.of(holder));

    assertThat(Stuck.<Integer, Boundary, Wait>of(List.of(wait), b -> b.pool, pool -> 2)).isEmpty();
    assertThat(Stuck.<Integer, Boundary, Wait>of(List.of(wait), b -> b.pool, pool -> 1))
        .containsExactly(wait);
  }
}
