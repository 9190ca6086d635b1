package io.github.unroll.exercises;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.opentest4j.TestAbortedException;

/** A call of the learner's code: what it throws becomes a sentence. */
final class Attempt {

  /** The tests of the exercise to be written next. */
  private static final AtomicReference<Class<?>> NEXT = new AtomicReference<>();

  private Attempt() {}

  /** The value of a call. */
  static <T> T at(String what, Callable<T> call) {
    T value;
    try {
      value = call.call();
    } catch (UnsupportedOperationException e) {
      throw notWritten(String.valueOf(e.getMessage()));
    } catch (Exception | StackOverflowError e) {
      throw new Finding(
          "%s threw %s%s%n    %s%n    %s"
              .formatted(what, e.getClass().getSimpleName(), place(e), e.getMessage(), hint(e)));
    }
    if (value == null) {
      throw new Finding(what + " returned null: the result is missing after `return`");
    }
    return value;
  }

  /** A call without a value. */
  static void at(String what, Runnable call) {
    at(
        what,
        () -> {
          call.run();
          return "done";
        });
  }

  /** A failure in the first exercise that has a body to write; those further on can wait. */
  private static Error notWritten(String message) {
    Class<?> test =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .walk(
                frames ->
                    frames
                        .<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                        .filter(type -> type.isAnnotationPresent(Exercise.class))
                        .findFirst())
            .orElse(Attempt.class);
    if (NEXT.compareAndSet(null, test) || NEXT.get() == test) {
      return new Finding(message);
    }
    throw new TestAbortedException(message);
  }

  private static String place(Throwable thrown) {
    for (StackTraceElement frame : thrown.getStackTrace()) {
      String type = frame.getClassName();
      if (type.startsWith("io.github.unroll.")
          && !type.startsWith("io.github.unroll.tensor.")
          && !type.startsWith("io.github.unroll.simd.")
          && !type.startsWith("io.github.unroll.exercises.")) {
        return " at %s:%d".formatted(frame.getFileName(), frame.getLineNumber());
      }
    }
    return "";
  }

  private static String hint(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    if (message.contains("inner dimensions")) {
      return "Shapes that do not meet: is a transpose missing, or are the factors swapped?";
    }
    if (thrown instanceof IndexOutOfBoundsException) {
      return "An index left its array: row i of width w begins at At + i·w, and its numbers are"
          + " j = 0 … w−1.";
    }
    if (message.contains("because the return value of")) {
      return "A method of yours returned null: hand back what its signature promises.";
    }
    if (thrown instanceof NullPointerException) {
      return "Something was never set.";
    }
    if (thrown instanceof StackOverflowError) {
      return "A method calls itself without end.";
    }
    return "Read the line that it names.";
  }
}
