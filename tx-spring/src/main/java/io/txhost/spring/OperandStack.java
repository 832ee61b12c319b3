package io.txhost.spring;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.springframework.asm.Label;

/**
 * Where references to one object lie on the operand stack, and in which local variables, while the
 * instructions of a method are read in their order. Long and double values take two places, as in
 * the class file; numbers are never references, so that of most instructions it matters only by how
 * many places the stack grows.
 */
final class OperandStack {

  /** What lies in a place. */
  enum Value {
    ANYTHING,
    /** The object whose method it is. */
    OWN,
    /** The bean: of a method of an inner class, the object around. */
    BEAN
  }

  private final Deque<Value> stack = new ArrayDeque<>();
  private final Map<Integer, Value> locals = new HashMap<>();

  /** The stack at labels that were jumped to before they were reached. */
  private final Map<Label, Deque<Value>> expected = new HashMap<>();

  private boolean isReachable = true;

  void local(int index, Value value) {
    locals.put(index, value);
  }

  Value local(int index) {
    return locals.getOrDefault(index, Value.ANYTHING);
  }

  void push(Value value) {
    stack.push(value);
  }

  void pushAnything(int places) {
    for (int i = 0; i < places; i++) {
      stack.push(Value.ANYTHING);
    }
  }

  Value pop() {
    Value top = stack.poll();
    return top == null ? Value.ANYTHING : top;
  }

  void pop(int places) {
    for (int i = 0; i < places; i++) {
      pop();
    }
  }

  /** By how many places an instruction without references changes it. */
  void change(int places) {
    if (places < 0) {
      pop(-places);
    } else {
      pushAnything(places);
    }
  }

  /** The value that lies below as many places. */
  Value peek(int below) {
    Iterator<Value> values = stack.iterator();
    for (int i = 0; i < below && values.hasNext(); i++) {
      values.next();
    }
    return values.hasNext() ? values.next() : Value.ANYTHING;
  }

  /** A copy of the upper places, put below as many of those under them. */
  void duplicate(int upper, int below) {
    Deque<Value> copied = taken(upper);
    Deque<Value> under = taken(below);
    copied.forEach(this::push);
    under.forEach(this::push);
    copied.forEach(this::push);
  }

  void swap() {
    Value upper = pop();
    Value lower = pop();
    push(upper);
    push(lower);
  }

  /** Takes the upper places; the lowest of them is the first. */
  private Deque<Value> taken(int places) {
    Deque<Value> taken = new ArrayDeque<>();
    for (int i = 0; i < places; i++) {
      taken.push(pop());
    }
    return taken;
  }

  void jumpsTo(Label label) {
    expected.putIfAbsent(label, new ArrayDeque<>(stack));
  }

  /** Where an exception arrives, alone. */
  void isCaughtAt(Label handler) {
    expected.put(handler, new ArrayDeque<>(Arrays.asList(Value.ANYTHING)));
  }

  void goesNoFurther() {
    isReachable = false;
    stack.clear();
  }

  void reaches(Label label) {
    Deque<Value> jumped = expected.get(label);
    if (!isReachable && jumped != null) {
      stack.clear();
      stack.addAll(jumped);
    }
    isReachable = true;
  }
}
