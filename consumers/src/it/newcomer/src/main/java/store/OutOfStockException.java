package store;

/** Checked: it rolls back all the same. */
public class OutOfStockException extends Exception {
  private static final long serialVersionUID = 1L;

  public OutOfStockException(String item) {
    super(item);
  }
}
