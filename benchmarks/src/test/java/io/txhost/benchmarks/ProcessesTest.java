package io.txhost.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProcessesTest {

  /** Prints what it is given. */
  static final class Echo {
    private Echo() {}

    public static void main(String[] words) {
      System.out.println(String.join(" ", words));
    }
  }

  @Test
  void whatAProgramPrintsIsGivenByLine() throws Exception {
    assertThat(Processes.run(Echo.class, "thread-local", "one", "two")).containsExactly("one two");
  }

  @Test
  void aProgramThatFailsIsNamed() {
    assertThatThrownBy(
            () -> Processes.run(Server.class, "thread-local", "nonsense", "1", "1", "8", "false"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Server failed");
  }
}
