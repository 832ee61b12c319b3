import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import com.palantir.javapoet.TypeVariableName;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLXML;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.tools.ToolProvider;

/**
 * Writes the classes that forward JDBC's calls, as {@code jdbc.policy} says: of all methods that
 * the JDK has which runs this. A program in one file, run by the build:
 *
 * <pre>java -cp javapoet.jar Forwarders.java jdbc.policy 17 target/generated-sources/forwarders
 * </pre>
 */
public final class Forwarders {
  private static final String PACKAGE = "io.txhost.jdbc";
  private static final ClassName DRIVER_OBJECT = ours("DriverObject");
  private static final ClassName NO_LIMIT = ours("TimeLimit");
  private static final ClassName SQL = ours("Sql");
  private static final AnnotationSpec NULLABLE =
      AnnotationSpec.builder(ClassName.get("org.jspecify.annotations", "Nullable")).build();

  /** An interface, the class written for it, and the class of ours that is above that. */
  private record Forwarder(Class<?> type, String above, String driver) {
    ClassName name() {
      return ours("Forwarding" + type.getSimpleName());
    }

    /** What is declared by an interface above is forwarded by the class above. */
    Stream<Method> methods() {
      Set<String> inherited = new HashSet<>();
      for (Class<?> each : type.getInterfaces()) {
        if (Statement.class.isAssignableFrom(each)) {
          Arrays.stream(each.getMethods()).map(Forwarders::signature).forEach(inherited::add);
        }
      }
      return Arrays.stream(type.getMethods())
          .filter(method -> !Modifier.isStatic(method.getModifiers()))
          .filter(method -> !inherited.contains(signature(method)))
          .sorted(Comparator.comparing(Forwarders::signature));
    }
  }

  private static final List<Forwarder> ALL =
      List.of(
          new Forwarder(Connection.class, "RoutedConnection", "driver"),
          new Forwarder(Statement.class, "ClosedAtEnd", "driver"),
          new Forwarder(PreparedStatement.class, "GuardedStatement", "prepared"),
          new Forwarder(CallableStatement.class, "GuardedPreparedStatement", "callable"),
          new Forwarder(ResultSet.class, "ClosedAtEnd", "driver"));

  private static ClassName ours(String name) {
    return ClassName.get(PACKAGE, name);
  }

  public static void main(String[] arguments) throws IOException {
    Policy policy = Policy.read(Path.of(arguments[0]));
    Set<String> baseline = baseline(arguments[1]);
    List<String> undecided = new ArrayList<>();
    for (Forwarder each : ALL) {
      new Forwarders(each, policy, baseline, undecided).write(Path.of(arguments[2]));
    }
    if (!undecided.isEmpty()) {
      throw new IllegalStateException(
          "jdbc.policy does not say what happens at " + String.join(", ", undecided));
    }
  }

  /** The rows, by interface. */
  record Policy(Map<String, List<Row>> rows) {
    private static final List<String> WHATS =
        List.of(
            "by hand",
            "checked",
            "fetches",
            "executes the text",
            "executes its text",
            "executes describe",
            "executes stream",
            "executes object",
            "executes by value",
            "executes row",
            "executes refresh",
            "updates",
            "creates",
            "makes",
            "asks",
            "queries",
            "refuses call",
            "refuses change");

    static Policy read(Path file) throws IOException {
      Map<String, List<Row>> rows = new java.util.LinkedHashMap<>();
      List<Row> section = new ArrayList<>();
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith("[")) {
          section = new ArrayList<>();
          rows.put(line.substring(1, line.indexOf(']')), section);
        } else if (!line.isBlank() && !line.startsWith("#")) {
          section.add(Row.of(line));
        }
      }
      return new Policy(rows);
    }

    /** What happens at the method, null if no row says. */
    String of(Class<?> type, Method method) {
      List<Row> section = rows.getOrDefault(type.getSimpleName(), List.of());
      for (String asked : List.of(signature(method), method.getName())) {
        for (Row row : section) {
          if (row.methods().contains(asked)) {
            return row.what();
          }
        }
      }
      return null;
    }
  }

  private record Row(String what, Set<String> methods) {
    static Row of(String line) {
      String what =
          Policy.WHATS.stream()
              .filter(each -> line.startsWith(each + " "))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("jdbc.policy: what is " + line));
      return new Row(what, Set.of(line.substring(what.length()).strip().split("\\s+")));
    }
  }

  /** {@code name(int,String)}. */
  static String signature(Method method) {
    return method.getName()
        + Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(",", "(", ")"));
  }

  // ---- methods that the code may not call by name, being compiled for an older JDK

  /** The signatures that the oldest JDK has, which the module is compiled for. */
  private static Set<String> baseline(String release) {
    var task =
        (com.sun.source.util.JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(
                    null,
                    null,
                    null,
                    List.of("--release", release),
                    List.of("java.lang.Object"),
                    null);
    Set<String> signatures = new TreeSet<>();
    for (Forwarder each : ALL) {
      TypeElement type = task.getElements().getTypeElement(each.type().getName());
      for (ExecutableElement method :
          ElementFilter.methodsIn(task.getElements().getAllMembers(type))) {
        if (method.getEnclosingElement().getKind() == ElementKind.INTERFACE) {
          signatures.add(each.type().getSimpleName() + "." + signature(method));
        }
      }
    }
    return signatures;
  }

  private static String signature(ExecutableElement method) {
    return method.getSimpleName()
        + method.getParameters().stream()
            .map(each -> simple(each.asType().toString()))
            .collect(Collectors.joining(",", "(", ")"));
  }

  private static String simple(String type) {
    String erased = type.replaceAll("<.*>", "").replaceAll("@\\S+ ", "");
    return erased.substring(erased.lastIndexOf('.') + 1);
  }

  // ---- one class

  private final Forwarder forwarder;
  private final Policy policy;
  private final Set<String> baseline;
  private final List<String> undecided;
  private final TypeSpec.Builder written;

  private Forwarders(
      Forwarder forwarder, Policy policy, Set<String> baseline, List<String> undecided) {
    this.forwarder = forwarder;
    this.policy = policy;
    this.baseline = baseline;
    this.undecided = undecided;
    this.written =
        TypeSpec.classBuilder(forwarder.name())
            .addJavadoc("Written by the build: see {@code jdbc.policy}.\n")
            .addModifiers(javax.lang.model.element.Modifier.ABSTRACT)
            .superclass(ours(forwarder.above()))
            .addSuperinterface(forwarder.type());
  }

  private void write(Path folder) throws IOException {
    if (forwarder.type() != Connection.class) {
      addDriver();
    }
    forwarder.methods().forEach(this::add);
    JavaFile.builder(PACKAGE, written.build()).indent("  ").build().writeTo(folder);
  }

  /** What the calls go to, and what they ask; what is not written here is of the class above. */
  private void addDriver() {
    boolean isFirst = forwarder.above().equals("ClosedAtEnd");
    if (isFirst) {
      addAbstract("guarded", TypeName.get(Object.class), TypeName.get(Object.class));
    }
    if (forwarder.type() == Statement.class) {
      addAbstract("result", TypeName.get(ResultSet.class), TypeName.get(ResultSet.class));
      written.addSuperinterface(ours("Timed"));
    }
    MethodSpec.Builder constructor = MethodSpec.constructorBuilder();
    if (isFirst) {
      written.addField(
          FieldSpec.builder(ours("Guard"), "guard")
              .addModifiers(javax.lang.model.element.Modifier.FINAL)
              .build());
      constructor.addParameter(ours("Guard"), "guard").addStatement("this.guard = guard");
    } else {
      constructor.addParameter(ours("Guard"), "guard");
      constructor.addParameter(ours("GuardedConnection"), "connection");
      if (forwarder.type() == CallableStatement.class) {
        constructor.addParameter(forwarder.type(), forwarder.driver());
        constructor.addParameter(SQL, "sql");
        constructor.addStatement("super(guard, connection, $L, sql)", forwarder.driver());
      } else {
        constructor.addParameter(forwarder.type(), forwarder.driver());
        constructor.addParameter(SQL, "sql");
        constructor.addStatement("super(guard, connection, $L)", forwarder.driver());
        constructor.addStatement("this.sql = sql");
        written.addField(
            FieldSpec.builder(SQL, "sql")
                .addModifiers(javax.lang.model.element.Modifier.FINAL)
                .build());
      }
    }
    if (isFirst) {
      constructor.addParameter(forwarder.type(), forwarder.driver());
    }
    constructor.addStatement("this.$1L = $1L", forwarder.driver());
    written.addField(
        FieldSpec.builder(forwarder.type(), forwarder.driver())
            .addModifiers(javax.lang.model.element.Modifier.FINAL)
            .build());
    written.addMethod(constructor.build());
  }

  private void addAbstract(String name, TypeName gives, TypeName given) {
    MethodSpec.Builder method =
        MethodSpec.methodBuilder(name)
            .addModifiers(javax.lang.model.element.Modifier.ABSTRACT)
            .returns(gives);
    if (given != null) {
      method.addParameter(given.annotated(NULLABLE), "drivers");
    }
    written.addMethod(method.build());
  }

  private void add(Method method) {
    String what = policy.of(forwarder.type(), method);
    if (what == null) {
      undecided.add(forwarder.type().getSimpleName() + "." + signature(method));
    } else if (!what.equals("by hand")) {
      written.addMethod(new Call(method, what).forwarded());
    }
  }

  /** One method. */
  private final class Call {
    private final Method method;
    private final String what;
    private final List<String> names = new ArrayList<>();
    private final List<String> handedOn = new ArrayList<>();

    Call(Method method, String what) {
      this.method = method;
      this.what = what;
      for (int i = 0; i < method.getParameterCount(); i++) {
        names.add("argument" + (i + 1));
        handedOn.add(isTheirs(method.getParameterTypes()[i]) ? "theirs" + (i + 1) : names.get(i));
      }
    }

    /** Whether what is given may be an object of the driver's behind a guard of ours. */
    private boolean isTheirs(Class<?> type) {
      return !forwarder.type().equals(Connection.class)
          && (type == Object.class
              || List.of(
                      Blob.class,
                      Clob.class,
                      java.sql.NClob.class,
                      Array.class,
                      Ref.class,
                      SQLXML.class)
                  .contains(type));
    }

    private boolean isNewer() {
      return !baseline.contains(forwarder.type().getSimpleName() + "." + signature(method));
    }

    MethodSpec forwarded() {
      MethodSpec.Builder made =
          MethodSpec.methodBuilder(method.getName())
              .addModifiers(javax.lang.model.element.Modifier.PUBLIC)
              .returns(TypeName.get(method.getGenericReturnType()))
              .addExceptions(Arrays.stream(method.getExceptionTypes()).map(TypeName::get).toList());
      if (!isNewer()) {
        made.addAnnotation(Override.class);
      }
      if (method.isAnnotationPresent(Deprecated.class)) {
        made.addAnnotation(Deprecated.class);
      }
      Arrays.stream(method.getTypeParameters())
          .forEach(each -> made.addTypeVariable(TypeVariableName.get(each)));
      Type[] types = method.getGenericParameterTypes();
      for (int i = 0; i < types.length; i++) {
        made.addParameter(ParameterSpec.builder(TypeName.get(types[i]), names.get(i)).build());
      }
      return made.addCode(body()).build();
    }

    private CodeBlock body() {
      return switch (what) {
        case "checked" -> theirs().add(checked()).build();
        case "fetches" -> theirs().add(fetched()).build();
        case "executes the text" -> executed("guard.read(argument1)", true);
        case "executes its text" -> executed("sql", true);
        case "executes describe" -> executed("Sql.DESCRIBE", method.getParameterCount() == 0);
        case "executes stream" -> executed("Sql.STREAM", false);
        case "executes object" -> executed("Sql.WRITE_OBJECT", false);
        case "executes row" -> executed("Sql.WRITE_ROW", false);
        case "executes refresh" -> executed("Sql.REFRESH_ROW", false);
        case "executes by value" -> byValue(checked());
        case "updates" -> updated();
        default -> ofConnection();
      };
    }

    private CodeBlock.Builder theirs() {
      CodeBlock.Builder code = CodeBlock.builder();
      for (int i = 0; i < names.size(); i++) {
        if (!names.get(i).equals(handedOn.get(i))) {
          code.addStatement(
              "$T $L = $T.real($L)",
              method.getGenericParameterTypes()[i],
              handedOn.get(i),
              DRIVER_OBJECT,
              names.get(i));
        }
      }
      return code;
    }

    /** The driver's method, by name or, where it is newer than the oldest JDK, by handle. */
    private CodeBlock driven() {
      if (!isNewer()) {
        return CodeBlock.of(
            "$L.$L($L)", forwarder.driver(), method.getName(), String.join(", ", handedOn));
      }
      CodeBlock.Builder types = CodeBlock.builder();
      for (Class<?> each : method.getParameterTypes()) {
        types.add(", $T.class", each);
      }
      return CodeBlock.of(
          "($T) $T.of($T.class, $S$L).call($L)",
          method.getGenericReturnType() == void.class
              ? Object.class
              : TypeName.get(method.getGenericReturnType()).box(),
          ours("NewerMethod"),
          forwarder.type(),
          method.getName(),
          types.build(),
          Stream.concat(Stream.of(forwarder.driver()), handedOn.stream())
              .collect(Collectors.joining(", ")));
    }

    private boolean isVoid() {
      return method.getReturnType() == void.class;
    }

    private CodeBlock checked() {
      CodeBlock.Builder code = CodeBlock.builder().addStatement("guard.check()");
      return (isVoid()
              ? code.addStatement("$L", driven())
              : code.addStatement("return $L", shown(driven())))
          .build();
    }

    private CodeBlock fetched() {
      return around(
          CodeBlock.of("guard.check();\nguard.beforeFetching();\n"),
          CodeBlock.of(""),
          CodeBlock.of("guard.failedFetching(failure);\n"),
          CodeBlock.of("guard.afterFetching();\n"));
    }

    private CodeBlock executed(String sql, boolean isLimited) {
      CodeBlock limit = isLimited ? CodeBlock.of("this") : CodeBlock.of("$T.NONE", NO_LIMIT);
      CodeBlock.Builder code = theirs();
      String what = sql;
      if (!sql.equals("sql")) {
        code.addStatement("$T what = $L", SQL, sql);
        what = "what";
      }
      return code.add(
              around(
                  CodeBlock.of("guard.beforeSending($L, $L);\n", limit, what),
                  CodeBlock.of("guard.sent($L);\n", what),
                  CodeBlock.of("guard.failedSending($L, failure);\n", what),
                  CodeBlock.of("guard.afterSending($L, $L);\n", limit, what)))
          .build();
    }

    private CodeBlock around(CodeBlock before, CodeBlock sent, CodeBlock failed, CodeBlock after) {
      CodeBlock.Builder code = CodeBlock.builder();
      boolean isShown = !shown(CodeBlock.of("")).toString().isEmpty();
      if (isShown) {
        code.addStatement("$T result", method.getGenericReturnType());
      }
      code.add(before).beginControlFlow("try");
      if (isVoid()) {
        code.addStatement("$L", driven()).add(sent);
      } else if (isShown) {
        code.addStatement("result = $L", driven()).add(sent);
      } else if (sent.isEmpty()) {
        code.addStatement("return $L", driven());
      } else {
        code.addStatement("$T result = $L", method.getGenericReturnType(), driven())
            .add(sent)
            .addStatement("return result");
      }
      code.nextControlFlow("catch ($T failure)", Throwable.class)
          .add(failed)
          .addStatement("throw failure")
          .nextControlFlow("finally")
          .add(after)
          .endControlFlow();
      if (isShown) {
        code.addStatement("return $L", shown(CodeBlock.of("result")));
      }
      return code.build();
    }

    /** What a method gives, as user code sees it; the same where nothing stands before it. */
    private CodeBlock shown(CodeBlock given) {
      Class<?> type = method.getReturnType();
      boolean isTyped = Arrays.asList(method.getParameterTypes()).contains(Class.class);
      if (ResultSet.class == type) {
        return CodeBlock.of("result($L)", given);
      }
      if (type == Object.class && isTyped) {
        return CodeBlock.of("$T.guarded(guard, $L, argument2)", DRIVER_OBJECT, given);
      }
      if (type == Object.class) {
        return CodeBlock.of("guarded($L)", given);
      }
      if (InputStream.class == type || Reader.class == type) {
        return CodeBlock.of("$T.stream(guard, $L)", DRIVER_OBJECT, given);
      }
      return List.of(
                  Array.class,
                  Blob.class,
                  Clob.class,
                  java.sql.NClob.class,
                  ParameterMetaData.class,
                  Ref.class,
                  ResultSetMetaData.class,
                  SQLXML.class)
              .contains(type)
          ? CodeBlock.of("$T.guarded(guard, $L)", DRIVER_OBJECT, given)
          : given;
    }

    private CodeBlock byValue(CodeBlock local) {
      return theirs()
          .addStatement("$T what = $T.of(argument2)", SQL, ours("ValueKind"))
          .beginControlFlow("if (what == null)")
          .add(local)
          .addStatement("return")
          .endControlFlow()
          .add(
              around(
                  CodeBlock.of("guard.beforeSending($T.NONE, what);\n", NO_LIMIT),
                  CodeBlock.of("guard.sent(what);\n"),
                  CodeBlock.of("guard.failedSending(what, failure);\n"),
                  CodeBlock.of("guard.afterSending($T.NONE, what);\n", NO_LIMIT)))
          .build();
    }

    private CodeBlock updated() {
      return theirs()
          .beginControlFlow("if ($T.isRead(argument2))", ours("ValueKind"))
          .add(
              around(
                  CodeBlock.of("guard.beforeSending($T.NONE, $T.STREAM);\n", NO_LIMIT, SQL),
                  CodeBlock.of("guard.sent($T.STREAM);\n", SQL),
                  CodeBlock.of("guard.failedSending($T.STREAM, failure);\n", SQL),
                  CodeBlock.of("guard.afterSending($T.NONE, $T.STREAM);\n", NO_LIMIT, SQL)))
          .nextControlFlow("else")
          .add(fetched())
          .endControlFlow()
          .build();
    }

    private CodeBlock ofConnection() {
      String call = "driver -> driver." + method.getName() + "(" + String.join(", ", names) + ")";
      return switch (what) {
        case "asks" -> CodeBlock.of("return ask($L);\n", call);
        case "queries" -> CodeBlock.of("return query($L);\n", call);
        case "makes" -> CodeBlock.of("return made(ask($L));\n", call);
        case "creates" ->
            CodeBlock.of(
                "return $L($L$L);\n",
                maker(),
                names.isEmpty() || maker().equals("creating") ? "" : "argument1, ",
                call);
        case "refuses call" -> CodeBlock.of("throw refuseTransactionCall($S);\n", method.getName());
        case "refuses change" -> CodeBlock.of("throw refuseStateChange($S);\n", method.getName());
        default -> throw new IllegalStateException(what);
      };
    }

    private String maker() {
      Class<?> made = method.getReturnType();
      return made == CallableStatement.class
          ? "calling"
          : made == PreparedStatement.class ? "preparing" : "creating";
    }
  }
}
