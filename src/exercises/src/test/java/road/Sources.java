package road;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** The learner's files: where in them something is. */
final class Sources {

  /** The name of the thread in which the learner's code runs. */
  static final String THREAD = "your code";

  private final Path folder;

  Sources(Path folder) {
    this.folder = folder;
  }

  /** {@return whether a line of a stack trace is the learner's} */
  static boolean isMine(StackTraceElement frame) {
    return frame.getClassName().startsWith("mine.");
  }

  /** {@return the line that threw, or else the method that gave a result} */
  String place(Stop stop, Throwable thrown, String result) {
    if (thrown == null) {
      return placeIn(new StackTraceElement[0], stop, result);
    }
    Throwable first = Thrown.firstOf(thrown);
    String method = Thrown.returnedFrom(first);
    return method == null
        ? placeIn(
            first instanceof StackOverflowError
                ? mostOften(first.getStackTrace())
                : first.getStackTrace(),
            stop,
            result)
        : inMethod(stop, method);
  }

  /** Where a method calls itself: the line that comes most often. */
  private static StackTraceElement[] mostOften(StackTraceElement[] stack) {
    List<StackTraceElement> mine = Arrays.stream(stack).filter(Sources::isMine).toList();
    return mine.stream()
        .max(Comparator.comparing(line -> Collections.frequency(mine, line)))
        .stream()
        .toArray(StackTraceElement[]::new);
  }

  /**
   * {@return the learner's innermost line of a stack, or else the method that gave a result} A line
   * of the stop's file comes before one of an earlier stop's, which is right.
   */
  String placeIn(StackTraceElement[] stack, Stop stop, String result) {
    StackTraceElement line = null; // in the stop's own file, if there is one
    for (StackTraceElement frame : stack) {
      boolean own = stop.file().equals(frame.getFileName());
      if (isMine(frame) && (line == null || own)) {
        line = frame;
        if (own) {
          break;
        }
      }
    }
    if (line != null) {
      return line.getFileName() + ":" + line.getLineNumber() + ": ";
    }
    String method = stop.task().methodOf(result);
    if (method == null) {
      method = stop.task().methodOf(Results.nameOf(result));
    }
    return inMethod(stop, method == null ? stop.methods().get(0) : method);
  }

  private String inMethod(Stop stop, String method) {
    return stop.file() + lineOf(stop.file(), method) + ", " + method + ": ";
  }

  private String lineOf(String file, String method) {
    try {
      List<String> lines = Files.readAllLines(folder.resolve("mine").resolve(file));
      Pattern head = Pattern.compile("^\\s*[\\w\\s<>,.\\[\\]]*\\b" + Pattern.quote(method) + "\\(");
      Pattern declared = Pattern.compile("\\b(static|public)\\b");
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (declared.matcher(line).find() && head.matcher(line).find()) {
          return ":" + (i + 1);
        }
      }
    } catch (IOException e) {
      // then without its line
    }
    return "";
  }

  /** {@return a sentence about fields that a call may leave changed; null if there is none} */
  String changeableFields(Stop stop) {
    try {
      Class<?> own = Class.forName("mine." + stop.file().replace(".java", ""));
      for (Field field : own.getDeclaredFields()) {
        int flags = field.getModifiers();
        if (Modifier.isStatic(flags)
            && !field.isSynthetic()
            && (!Modifier.isFinal(flags) || isChangeable(field.getType()))) {
          return "The static field "
              + field.getName()
              + " stays from one call to the next. Does that do any harm?";
        }
      }
    } catch (ReflectiveOperationException | LinkageError e) {
      // the class itself does not load
    }
    return null;
  }

  private static boolean isChangeable(Class<?> type) {
    return !type.isPrimitive() && type != String.class && !Number.class.isAssignableFrom(type);
  }
}
