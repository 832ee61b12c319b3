package io.txhost.matrix;

/** The transactions of the budget. */
enum Program {
  NO_STATEMENT("no statement"),
  ONE_STATEMENT("one statement"),
  READ_ONLY("read-only, one statement"),
  SERIALIZABLE("SERIALIZABLE, one statement"),
  SERIALIZABLE_READ_ONLY("SERIALIZABLE read-only, one statement"),
  NESTED_KEPT("one statement + NESTED one, kept"),
  NESTED_UNDONE("one statement + NESTED one, undone");

  private final String words;

  Program(String words) {
    this.words = words;
  }

  boolean isReadOnly() {
    return this == READ_ONLY || this == SERIALIZABLE_READ_ONLY;
  }

  boolean isSerializable() {
    return this == SERIALIZABLE || this == SERIALIZABLE_READ_ONLY;
  }

  boolean isNested() {
    return this == NESTED_KEPT || this == NESTED_UNDONE;
  }

  @Override
  public String toString() {
    return words;
  }
}
