package io.txhost.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random programs whose branches run at the same time on one connection. However they are
 * interleaved, each branch sees what it would see alone, and the rows kept are the reference's;
 * where a branch fails, none of the transaction's rows is kept.
 */
class ConcurrentProgramsTest extends ProgramsTest {
  private static final Kind SAME_TIME = Kind.AT_THE_SAME_TIME;

  /** Each waits for several threads. */
  private static final int FEWER = PROGRAMS / 40 + 1;

  @Test
  void branchesAtTheSameTimeDoWhatTheyWouldDoOneAfterTheOther() { // D3, D4, D5
    each("branches at the same time", FEWER, SAME_TIME, this::needsNoOrder, this::onHosts);
  }

  private @Nullable String onHosts(Program program) {
    Map<Integer, Trace> branches = new ConcurrentHashMap<>();
    OnHosts hosts = new OnHosts(threads, branches);
    hosts.run(program);
    String difference = difference(program, hosts.trace(), hosts::kept, branches);
    return difference == null ? complaints(hosts) : difference;
  }

  /** What the test above needs of its programs: else it fails now and then, by a race. */
  @Test
  void whatItsBranchesDoDoesNotDependOnTheOrderInWhichTheyRun() {
    each("branches in another order", PROGRAMS, SAME_TIME, this::inAnotherOrder);
  }

  private boolean needsNoOrder(Program part) {
    return inAnotherOrder(part) == null;
  }

  private @Nullable String inAnotherOrder(Program program) {
    Map<Integer, Trace> branches = new ConcurrentHashMap<>();
    Reference reversed = new Reference(branches);
    reversed.run(program.reversed());
    return difference(program, reversed.trace(), reversed::kept, branches);
  }

  private static @Nullable String difference(
      Program program, Trace trace, IntFunction<List<Integer>> kept, Map<Integer, Trace> branches) {
    Map<Integer, Trace> expected = new ConcurrentHashMap<>();
    Reference reference = new Reference(expected);
    reference.run(program);
    String difference = reference.trace().difference(trace);
    for (int host = 0; host < 2 && difference == null; host++) {
      difference = ofRows(reference.kept(host), kept.apply(host));
    }
    difference = difference == null ? ofBranches(expected, branches) : difference;
    return difference;
  }

  private static @Nullable String ofBranches(
      Map<Integer, Trace> expected, Map<Integer, Trace> actual) {
    for (Map.Entry<Integer, Trace> branch : expected.entrySet()) {
      Trace other = actual.getOrDefault(branch.getKey(), new Trace());
      String inside = branch.getValue().difference(other);
      if (inside != null) {
        return "branch " + branch.getKey() + ": " + inside;
      }
    }
    return null;
  }

  private static @Nullable String ofRows(List<Integer> expected, List<Integer> actual) {
    List<Integer> kept = actual.stream().sorted().toList();
    List<Integer> said = expected.stream().sorted().toList();
    return kept.equals(said) ? null : "kept are " + kept + " and not " + said;
  }

  @Test
  void whereABranchFailsNothingOfTheTransactionIsKept() { // D2, D5
    each("a branch fails", FEWER, SAME_TIME, this::keepsSomething, this::halfKept);
  }

  private boolean keepsSomething(Program part) {
    return needsNoOrder(part) && part.canFail() && wouldKeep(part).size() >= 2;
  }

  /** Which rows the transaction would have kept, had no branch failed. */
  private static List<Integer> wouldKeep(Program program) {
    Reference reference = new Reference(new ConcurrentHashMap<>());
    reference.run(program);
    return reference.committedBy("b1");
  }

  private @Nullable String halfKept(Program program) {
    List<Integer> never = wouldKeep(program);
    OnHosts hosts = new OnHosts(threads, new ConcurrentHashMap<>());
    hosts.run(program.failing());
    List<Integer> kept = new ArrayList<>(hosts.kept(0));
    kept.retainAll(never);
    List<String> said = hosts.trace().lines();
    if (never.size() < 2 || !kept.isEmpty()) {
      return "kept " + kept + " of " + never;
    }
    if (!said.contains("b1 ended ROLLED_BACK")) {
      return "it ended otherwise: " + said;
    }
    if (said.stream().noneMatch(ConcurrentProgramsTest::namesTheFailure)) {
      return "the first failure is not the cause: " + said;
    }
    return complaints(hosts);
  }

  /** The user's, also where a neighbour that its mark refused ended first. */
  private static boolean namesTheFailure(String line) {
    return line.startsWith("caught u");
  }
}
