package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CreateTodoTest {

  @Test // F5
  void theSpaceAroundATitleIsTakenAway() {
    assertThat(CreateTodo.titled(" \u3000My Todo\n").title()).isEqualTo("My Todo");
  }

  @ParameterizedTest // F5
  @ValueSource(strings = {"My Todo", "<script>", "Äpfel 🍏", "👩‍🔧", "עברית", "a  b"})
  void aTitleStaysAsItIs(String title) {
    assertThat(CreateTodo.titled(title).title()).isEqualTo(title);
  }

  @Test // F5
  void aMissingTitleIsRefused() {
    assertThatThrownBy(() -> CreateTodo.titled(null))
        .isInstanceOf(InvalidTitleException.class)
        .hasMessage("The title is missing");
  }

  @ParameterizedTest // F5
  @ValueSource(strings = {"", " ", "\t\n", "\u00a0", "\u2003", "\u200b", "\u2060\ufeff"})
  void aTitleWithNothingToSeeIsRefused(String title) {
    assertThatThrownBy(() -> CreateTodo.titled(title))
        .isInstanceOf(InvalidTitleException.class)
        .hasMessage("The title is blank");
  }

  @ParameterizedTest // F5
  @ValueSource(strings = {"\u0000", "a\u0000b", "a\nb", "a\u001bb", "a\u2028b", "\u0085a"})
  void aTitleWithAControlCharacterIsRefused(String title) {
    assertNoText(title);
  }

  @Test // F5
  void aTitleWithHalfAPairIsRefused() {
    assertNoText("a" + '\ud83c');
    assertNoText('\udf4f' + "a");
  }

  @Test // F5
  void aTitleMayHaveTwoHundredCharactersAndNotOneMore() {
    assertThat(CreateTodo.titled("x".repeat(200)).title()).hasSize(200);
    assertThatThrownBy(() -> CreateTodo.titled("x".repeat(201)))
        .isInstanceOf(InvalidTitleException.class)
        .hasMessage("The title is longer than 200 characters");
  }

  private static void assertNoText(String title) {
    assertThatThrownBy(() -> CreateTodo.titled(title))
        .isInstanceOf(InvalidTitleException.class)
        .hasMessageStartingWith("The title has characters that are no text");
  }
}
