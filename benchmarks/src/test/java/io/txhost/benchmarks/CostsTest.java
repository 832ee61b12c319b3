package io.txhost.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.benchmarks.Case.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Holds what our boundaries cost to the figures in {@code costs.txt}: bytes and calls, exact on
 * this Java with this carrier. The module's pom keeps the second compiler out: the first one makes
 * every object that the code asks for, so that the figures are those of the code alone. What is
 * left after the second one is in {@code RESULTS.md}, as are times.
 */
class CostsTest {
  private static final Path FIGURES = Path.of("costs.txt");
  private static final Path FOUND = Path.of("target", "costs", Jvm.here().id() + ".txt");
  private static final int CALLS_TO_WARM_UP = 5_000;

  @Test
  void noCaseCostsMoreThanItsFigure() throws Throwable { // issue 13, point 7
    Map<String, Costs> figures = figures();
    Map<String, Costs> found = found();
    write(found);

    assertThat(figures.keySet())
        .as("cases of %s in costs.txt; the found ones are in benchmarks/%s", Jvm.here(), FOUND)
        .isEqualTo(found.keySet());
    List<String> dearer = new ArrayList<>();
    found.forEach(
        (name, costs) -> {
          Costs figure = figures.get(name);
          if (!costs.isWithin(figure)) {
            dearer.add(name + ": " + costs.against(figure));
          } else if (!costs.equals(figure)) {
            System.out.println("Better: " + name + ": " + costs.against(figure) + TAKE_OVER);
          }
        });
    assertThat(dearer)
        .as(
            "cases that cost more than costs.txt says on %s; where that is meant:%s",
            Jvm.here(), TAKE_OVER)
        .isEmpty();
  }

  private static final String TAKE_OVER =
      " put the line of benchmarks/" + FOUND + " in its place in benchmarks/costs.txt";

  private static Map<String, Costs> found() throws Throwable {
    Map<String, Costs> found = new LinkedHashMap<>();
    for (String name : Scenarios.names(Peer.TXHOST)) {
      FreeDriver driver = new FreeDriver();
      Scenario scenario = Scenarios.of(name, driver);
      Costs.warmUp(scenario, CALLS_TO_WARM_UP);
      found.put(name, Costs.of(scenario, driver));
    }
    return found;
  }

  private static Map<String, Costs> figures() throws IOException {
    Map<String, Costs> figures = new LinkedHashMap<>();
    for (String line : Files.readAllLines(FIGURES)) {
      String[] parts = line.split(" +");
      if (parts[0].equals(Jvm.here().id())) {
        figures.put(parts[1], Costs.parse(parts, 2));
      }
    }
    return figures;
  }

  private static void write(Map<String, Costs> found) throws IOException {
    StringBuilder lines = new StringBuilder();
    found.forEach(
        (name, costs) ->
            lines.append(
                String.format("%-16s %-24s %s%n", Jvm.here().id(), name, costs.figures())));
    Files.createDirectories(FOUND.getParent());
    Files.writeString(FOUND, lines);
  }
}
