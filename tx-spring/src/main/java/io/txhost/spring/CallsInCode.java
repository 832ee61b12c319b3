package io.txhost.spring;

import io.txhost.spring.OperandStack.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ConstantDynamic;
import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/** Finds in the code of one method what it calls on the bean whose method it is. */
final class CallsInCode extends MethodVisitor {
  private static final String HOST = "io/txhost/TransactionHost";
  private static final Set<String> BY_HAND =
      Set.of("withTransaction", "withoutTransaction", "begin", "inParallel", "anyInParallel");

  /** A method as class files name it. */
  record Ref(String owner, String name, String descriptor) {}

  /**
   * A call on the bean.
   *
   * @param virtual whether the bean's class may override it
   */
  record Call(Ref method, boolean virtual) {}

  /** What was found: filled while the method is read. */
  static final class Found {
    final List<Call> calls = new ArrayList<>();

    /** Nested classes of which it makes objects; their methods are taken for called by it. */
    final List<String> made = new ArrayList<>();

    /** Whether it has a boundary by hand, so that it is not known where its calls run. */
    boolean hasBoundaryByHand;
  }

  private final OperandStack stack = new OperandStack();
  private final String owner;
  private final Found found;

  /**
   * @param self what {@code this} is in the method; null in a static one
   */
  CallsInCode(String owner, @Nullable Value self, Found found) {
    super(SpringAsmInfo.ASM_VERSION);
    this.owner = owner;
    this.found = found;
    if (self != null) {
      stack.local(0, self);
    }
  }

  @Override
  public void visitInsn(int opcode) {
    switch (opcode) {
      case Opcodes.DUP -> stack.duplicate(1, 0);
      case Opcodes.DUP_X1 -> stack.duplicate(1, 1);
      case Opcodes.DUP_X2 -> stack.duplicate(1, 2);
      case Opcodes.DUP2 -> stack.duplicate(2, 0);
      case Opcodes.DUP2_X1 -> stack.duplicate(2, 1);
      case Opcodes.DUP2_X2 -> stack.duplicate(2, 2);
      case Opcodes.SWAP -> stack.swap();
      case Opcodes.IRETURN,
          Opcodes.LRETURN,
          Opcodes.FRETURN,
          Opcodes.DRETURN,
          Opcodes.ARETURN,
          Opcodes.RETURN,
          Opcodes.ATHROW ->
          stack.goesNoFurther();
      default -> stack.change(growth(opcode));
    }
  }

  /** By how many places the stack grows; the order is that of the opcodes. */
  private static int growth(int opcode) {
    return switch (opcode) {
      case Opcodes.LCONST_0, Opcodes.LCONST_1, Opcodes.DCONST_0, Opcodes.DCONST_1 -> 2;
      case Opcodes.ACONST_NULL,
          Opcodes.ICONST_M1,
          Opcodes.ICONST_0,
          Opcodes.ICONST_1,
          Opcodes.ICONST_2,
          Opcodes.ICONST_3,
          Opcodes.ICONST_4,
          Opcodes.ICONST_5,
          Opcodes.FCONST_0,
          Opcodes.FCONST_1,
          Opcodes.FCONST_2,
          Opcodes.I2L,
          Opcodes.I2D,
          Opcodes.F2L,
          Opcodes.F2D ->
          1;
      case Opcodes.IALOAD,
          Opcodes.FALOAD,
          Opcodes.AALOAD,
          Opcodes.BALOAD,
          Opcodes.CALOAD,
          Opcodes.SALOAD,
          Opcodes.POP,
          Opcodes.IADD,
          Opcodes.FADD,
          Opcodes.ISUB,
          Opcodes.FSUB,
          Opcodes.IMUL,
          Opcodes.FMUL,
          Opcodes.IDIV,
          Opcodes.FDIV,
          Opcodes.IREM,
          Opcodes.FREM,
          Opcodes.ISHL,
          Opcodes.LSHL,
          Opcodes.ISHR,
          Opcodes.LSHR,
          Opcodes.IUSHR,
          Opcodes.LUSHR,
          Opcodes.IAND,
          Opcodes.IOR,
          Opcodes.IXOR,
          Opcodes.L2I,
          Opcodes.L2F,
          Opcodes.D2I,
          Opcodes.D2F,
          Opcodes.FCMPL,
          Opcodes.FCMPG,
          Opcodes.MONITORENTER,
          Opcodes.MONITOREXIT ->
          -1;
      case Opcodes.POP2,
          Opcodes.LADD,
          Opcodes.DADD,
          Opcodes.LSUB,
          Opcodes.DSUB,
          Opcodes.LMUL,
          Opcodes.DMUL,
          Opcodes.LDIV,
          Opcodes.DDIV,
          Opcodes.LREM,
          Opcodes.DREM,
          Opcodes.LAND,
          Opcodes.LOR,
          Opcodes.LXOR ->
          -2;
      case Opcodes.IASTORE,
          Opcodes.FASTORE,
          Opcodes.AASTORE,
          Opcodes.BASTORE,
          Opcodes.CASTORE,
          Opcodes.SASTORE,
          Opcodes.LCMP,
          Opcodes.DCMPL,
          Opcodes.DCMPG ->
          -3;
      case Opcodes.LASTORE, Opcodes.DASTORE -> -4;
      default -> 0;
    };
  }

  @Override
  public void visitIntInsn(int opcode, int operand) {
    stack.change(opcode == Opcodes.NEWARRAY ? 0 : 1);
  }

  @Override
  public void visitVarInsn(int opcode, int index) {
    switch (opcode) {
      case Opcodes.ALOAD -> stack.push(stack.local(index));
      case Opcodes.ASTORE -> stack.local(index, stack.pop());
      case Opcodes.ILOAD, Opcodes.FLOAD -> stack.change(1);
      case Opcodes.LLOAD, Opcodes.DLOAD -> stack.change(2);
      case Opcodes.ISTORE, Opcodes.FSTORE -> stack.change(-1);
      case Opcodes.LSTORE, Opcodes.DSTORE -> stack.change(-2);
      default -> {}
    }
  }

  @Override
  public void visitTypeInsn(int opcode, String type) {
    if (opcode == Opcodes.NEW) {
      if (type.startsWith(owner + "$")) {
        found.made.add(type);
      }
      stack.change(1);
    } else if (opcode != Opcodes.CHECKCAST) { // which leaves what it is
      stack.pop();
      stack.change(1);
    }
  }

  @Override
  public void visitFieldInsn(int opcode, String declaring, String name, String descriptor) {
    int places = Type.getType(descriptor).getSize();
    switch (opcode) {
      case Opcodes.GETSTATIC -> stack.change(places);
      case Opcodes.PUTSTATIC -> stack.change(-places);
      case Opcodes.PUTFIELD -> stack.change(-places - 1);
      default -> {
        if (stack.pop() == Value.OWN && name.startsWith("this$")) {
          stack.push(Value.BEAN);
        } else {
          stack.change(places);
        }
      }
    }
  }

  @Override
  public void visitMethodInsn(
      int opcode, String declaring, String name, String descriptor, boolean isInterface) {
    int arguments = Type.getArgumentsAndReturnSizes(descriptor) >> 2; // and one for the object
    if (opcode == Opcodes.INVOKESTATIC) {
      stack.pop(arguments - 1);
    } else {
      stack.pop(arguments - 1);
      if (stack.pop() == Value.BEAN && !name.equals("<init>")) {
        found.calls.add(
            new Call(new Ref(declaring, name, descriptor), opcode != Opcodes.INVOKESPECIAL));
      }
    }
    if (declaring.equals(HOST) && BY_HAND.contains(name)) {
      found.hasBoundaryByHand = true;
    }
    stack.pushAnything(Type.getReturnType(descriptor).getSize());
  }

  @Override
  public void visitInvokeDynamicInsn(
      String name, String descriptor, Handle bootstrap, Object... arguments) {
    int captured = (Type.getArgumentsAndReturnSizes(descriptor) >> 2) - 1;
    boolean capturesBean = captured > 0 && stack.peek(captured - 1) == Value.BEAN;
    stack.pop(captured);
    for (Object argument : arguments) {
      if (capturesBean
          && argument instanceof Handle handle
          && handle.getTag() != Opcodes.H_INVOKESTATIC) {
        found.calls.add(
            new Call(
                new Ref(handle.getOwner(), handle.getName(), handle.getDesc()),
                handle.getTag() != Opcodes.H_INVOKESPECIAL));
      }
    }
    stack.pushAnything(Type.getReturnType(descriptor).getSize());
  }

  @Override
  public void visitJumpInsn(int opcode, Label label) {
    boolean comparesTwo = opcode >= Opcodes.IF_ICMPEQ && opcode <= Opcodes.IF_ACMPNE;
    stack.pop(opcode == Opcodes.GOTO ? 0 : comparesTwo ? 2 : 1);
    stack.jumpsTo(label);
    if (opcode == Opcodes.GOTO) {
      stack.goesNoFurther();
    }
  }

  @Override
  public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
    stack.isCaughtAt(handler);
  }

  @Override
  public void visitLabel(Label label) {
    stack.reaches(label);
  }

  @Override
  public void visitLdcInsn(Object value) {
    boolean isWide =
        value instanceof Long
            || value instanceof Double
            || (value instanceof ConstantDynamic constant && constant.getSize() == 2);
    stack.change(isWide ? 2 : 1);
  }

  @Override
  public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
    branch(otherwise, labels);
  }

  @Override
  public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
    branch(otherwise, labels);
  }

  private void branch(Label otherwise, Label[] labels) {
    stack.pop();
    stack.jumpsTo(otherwise);
    for (Label label : labels) {
      stack.jumpsTo(label);
    }
    stack.goesNoFurther();
  }

  @Override
  public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
    stack.change(1 - dimensions);
  }
}
