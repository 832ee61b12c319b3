package io.txhost.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Struct;
import java.sql.Wrapper;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object of the driver's that asks its connection when it is used: a large object, an array, a
 * result's metadata. What user code gets goes through the {@link Guard} at each call, so that it
 * takes its turn and refuses after the end. Without, one that was kept would work on in whatever
 * transaction its connection is in by then.
 */
final class DriverObject implements InvocationHandler {
  private static final List<Class<?>> KINDS =
      List.of(
          Blob.class,
          Clob.class,
          NClob.class,
          Array.class,
          SQLXML.class,
          Ref.class,
          Struct.class,
          ResultSetMetaData.class,
          ParameterMetaData.class);

  private final Guard guard;
  private final Object real;

  private DriverObject(Guard guard, Object real) {
    this.guard = guard;
    this.real = real;
  }

  /** The object behind the guard if it is one of those, else as it is. */
  @SuppressWarnings({"unchecked", "NullAway"}) // it implements all that the callers ask by
  static <T> T guarded(Guard guard, @Nullable T value) {
    if (value == null || !isOne(value)) {
      return value;
    }
    Class<?>[] kinds =
        KINDS.stream().filter(kind -> kind.isInstance(value)).toArray(Class<?>[]::new);
    return (T)
        Proxy.newProxyInstance(
            DriverObject.class.getClassLoader(), kinds, new DriverObject(guard, value));
  }

  /** Asked for every column of every row: allocates nothing. */
  private static boolean isOne(Object value) {
    for (int i = 0; i < KINDS.size(); i++) {
      if (KINDS.get(i).isInstance(value)) {
        return true;
      }
    }
    return false;
  }

  /** The same, where user code asked for a type: one of the driver's own is not hidden. */
  static <T> T guarded(Guard guard, @Nullable T value, Class<T> type) {
    return KINDS.contains(type) ? guarded(guard, value) : DriverObject.<T>asItIs(value);
  }

  /** A stream that may go on asking the connection. */
  @SuppressWarnings({"unchecked", "NullAway"}) // a stream is answered as one of its kind
  static <T> T stream(Guard guard, @Nullable T value) {
    return value == null ? value : (T) new DriverObject(guard, value).answered(value);
  }

  @SuppressWarnings("NullAway") // as the driver answers: null for SQL's NULL
  private static <T> T asItIs(@Nullable T value) {
    return value;
  }

  /**
   * What the driver knows of it: its own object, if it is one behind a guard; none of a transaction
   * that has ended.
   */
  @SuppressWarnings("unchecked") // what a proxy stands for implements what the proxy does
  static <T extends @Nullable Object> T real(T value) {
    if (value == null
        || !Proxy.isProxyClass(value.getClass())
        || !(Proxy.getInvocationHandler(value) instanceof DriverObject guarded)) {
      return value;
    }
    guarded.guard.check();
    return (T) guarded.real;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(method, arguments);
    }
    if (guard.hasEnded() && frees(method)) {
      return null; // it went with its transaction
    }
    guard.check();
    if (method.getDeclaringClass() == Wrapper.class) {
      guard.escaping();
    }
    SqlCall<@Nullable Object> call = () -> answered(call(method, arguments));
    return writes(method)
        ? guard.execute(TimeLimit.NONE, Sql.WRITE_OBJECT, call)
        : guard.fetch(call);
  }

  private @Nullable Object ofObject(Method method, Object @Nullable [] arguments)
      throws SQLException {
    Object[] theirs = arguments == null ? null : new Object[] {real(arguments[0])};
    return call(method, theirs);
  }

  /** The second is JDBC 4.5's, whose large objects are closed like other resources. */
  private static boolean frees(Method method) {
    return method.getParameterCount() == 0
        && (method.getName().equals("free") || method.getName().equals("close"));
  }

  private static boolean writes(Method method) {
    return method.getName().startsWith("set") || method.getName().equals("truncate");
  }

  private @Nullable Object call(Method method, Object @Nullable [] arguments) throws SQLException {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw Failures.theDrivers(e.getCause());
    } catch (IllegalAccessException e) {
      throw new SQLException(method + " of the driver is not accessible", e);
    }
  }

  private @Nullable Object answered(@Nullable Object answer) {
    if (answer instanceof ResultSet rows) {
      return new GuardedResultSet(guard, null, rows);
    }
    if (answer instanceof InputStream in) {
      return new In(in);
    }
    if (answer instanceof OutputStream out) {
      return new Out(out);
    }
    if (answer instanceof Reader reader) {
      return new Characters(reader);
    }
    return answer instanceof Writer writer ? new Written(writer) : answer;
  }

  // ---- streams, which go on asking the connection

  private interface Io<R extends @Nullable Object> {
    R run() throws IOException;

    /** One without a result. */
    static Io<@Nullable Void> of(IoAction action) {
      return () -> {
        action.run();
        return null;
      };
    }
  }

  private interface IoAction {
    void run() throws IOException;
  }

  private <R extends @Nullable Object> R inTurn(boolean writes, Io<R> io) throws IOException {
    guard.check();
    SqlCall<Io<R>> call = () -> running(io);
    try {
      Io<R> answer =
          writes ? guard.execute(TimeLimit.NONE, Sql.WRITE_OBJECT, call) : guard.fetch(call);
      return answer.run();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  /**
   * The driver's failure is for the guard to see: the transaction may be lost by it. What a stream
   * refuses by itself, being closed say, is not.
   */
  private static <R extends @Nullable Object> Io<R> running(Io<R> io) throws SQLException {
    try {
      R result = io.run();
      return () -> result;
    } catch (IOException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      return () -> {
        throw e;
      };
    }
  }

  private void closing(boolean writes, Io<@Nullable Void> close) throws IOException {
    if (!guard.hasEnded()) { // else it went with its transaction
      inTurn(writes, close);
    }
  }

  private final class In extends InputStream {
    private final InputStream stream;

    In(InputStream stream) {
      this.stream = stream;
    }

    @Override
    public int read() throws IOException {
      return inTurn(false, stream::read);
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      return inTurn(false, () -> stream.read(bytes, from, count));
    }

    @Override
    public void close() throws IOException {
      closing(false, Io.of(stream::close));
    }
  }

  private final class Out extends OutputStream {
    private final OutputStream stream;

    Out(OutputStream stream) {
      this.stream = stream;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      inTurn(true, Io.of(() -> stream.write(bytes, from, count)));
    }

    @Override
    public void flush() throws IOException {
      inTurn(true, Io.of(stream::flush));
    }

    @Override
    public void close() throws IOException {
      closing(true, Io.of(stream::close));
    }
  }

  private final class Characters extends Reader {
    private final Reader reader;

    Characters(Reader reader) {
      this.reader = reader;
    }

    @Override
    public int read(char[] characters, int from, int count) throws IOException {
      return inTurn(false, () -> reader.read(characters, from, count));
    }

    @Override
    public void close() throws IOException {
      closing(false, Io.of(reader::close));
    }
  }

  private final class Written extends Writer {
    private final Writer writer;

    Written(Writer writer) {
      this.writer = writer;
    }

    @Override
    public void write(char[] characters, int from, int count) throws IOException {
      inTurn(true, Io.of(() -> writer.write(characters, from, count)));
    }

    @Override
    public void flush() throws IOException {
      inTurn(true, Io.of(writer::flush));
    }

    @Override
    public void close() throws IOException {
      closing(true, Io.of(writer::close));
    }
  }
}
