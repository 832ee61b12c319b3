package io.txhost.spring;

import io.txhost.spring.CallsInCode.Found;
import io.txhost.spring.CallsInCode.Ref;
import io.txhost.spring.OperandStack.Value;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.util.ClassUtils;

/**
 * The methods of a class as its file has them, each with what it calls on the bean.
 *
 * @param methods by name and descriptor
 */
record ClassFile(String name, Map<String, Coded> methods) {

  /** A method with code or without. */
  record Coded(Ref ref, int access, Found found) {
    boolean is(int flag) {
      return (access & flag) != 0;
    }
  }

  /** A class of the bean's own; without methods where the class has no file, or an unknown form. */
  static ClassFile of(Class<?> type) {
    return read(type, type.getName(), Value.BEAN);
  }

  /** A class nested in one of the bean's, whose objects have the bean around them. */
  static ClassFile nested(Class<?> around, String name) {
    return read(around, name.replace('/', '.'), Value.OWN);
  }

  private static ClassFile read(Class<?> near, String name, Value self) {
    ClassFile file = new ClassFile(name.replace('.', '/'), new LinkedHashMap<>());
    ClassReader reader = reader(near, name);
    if (reader != null) {
      reader.accept(file.new Methods(self), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    }
    return file;
  }

  private static @Nullable ClassReader reader(Class<?> near, String name) {
    String path = name.replace('.', '/') + ClassUtils.CLASS_FILE_SUFFIX;
    ClassLoader loader = near.getClassLoader();
    try (InputStream file =
        loader == null
            ? ClassLoader.getSystemResourceAsStream(path)
            : loader.getResourceAsStream(path)) {
      return file == null ? null : new ClassReader(file);
    } catch (IOException | IllegalArgumentException e) {
      return null; // of a Java that this Spring does not know: nothing can be said of it
    }
  }

  static String key(String name, String descriptor) {
    return name + descriptor;
  }

  private final class Methods extends ClassVisitor {
    private final Value self;

    Methods(Value self) {
      super(SpringAsmInfo.ASM_VERSION);
      this.self = self;
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String method,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      Coded coded = new Coded(new Ref(name, method, descriptor), access, new Found());
      methods.put(key(method, descriptor), coded);
      return new CallsInCode(name, coded.is(Opcodes.ACC_STATIC) ? null : self, coded.found());
    }
  }
}
