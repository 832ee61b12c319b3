package io.txhost.examples.todo;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * What a request that wants something changed is told.
 *
 * @param success whether it was changed
 * @param message for a person
 * @param todo the new one, if there is one
 */
record Reply(boolean success, String message, @JsonInclude(Include.NON_NULL) @Nullable Todo todo) {

  static Reply created(Todo todo) {
    return new Reply(true, "Todo created", todo);
  }

  static Reply refused(String why) {
    return new Reply(false, why, null);
  }
}
