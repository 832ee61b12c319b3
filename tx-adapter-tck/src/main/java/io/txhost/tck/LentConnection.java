package io.txhost.tck;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A physical connection in a borrower's hands: to close it is to give it back to the lender. */
record LentConnection(Connection physical, Lender onClose, Lender afterAbort)
    implements InvocationHandler {

  /** What the lender does. */
  @FunctionalInterface
  interface Lender {
    void takesBack() throws SQLException;
  }

  static Connection of(Connection physical, Lender onClose, Lender afterAbort) {
    return (Connection)
        Proxy.newProxyInstance(
            LentConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new LentConnection(physical, onClose, afterAbort));
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args)
      throws Throwable {
    return switch (method.getName()) {
      case "equals" -> args != null && self == args[0];
      case "close" -> {
        onClose.takesBack();
        yield null;
      }
      case "abort" -> {
        Object nothing = call(method, args);
        afterAbort.takesBack();
        yield nothing;
      }
      default -> call(method, args);
    };
  }

  private @Nullable Object call(Method method, Object @Nullable [] args) throws Throwable {
    try {
      return method.invoke(physical, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
