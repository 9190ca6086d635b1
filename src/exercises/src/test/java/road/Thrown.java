package road;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what was thrown. */
final class Thrown {

  private static final Pattern PACKAGES = Pattern.compile("\\b(?:[a-z]\\w*\\.)+(?=[A-Z])");
  private static final Pattern NEGATIVE = Pattern.compile("(?:Index |[\\[,])-\\d");
  private static final Pattern RETURNED =
      Pattern.compile("the return value of \"mine\\.(?:\\w+[.$])+(\\w+)\\(");

  private Thrown() {}

  /** {@return what it began with: the innermost cause from the learner's code} */
  static Throwable firstOf(Throwable thrown) {
    Throwable first = thrown;
    for (Throwable e = thrown; e != null && e.getCause() != e; e = e.getCause()) {
      for (StackTraceElement frame : e.getStackTrace()) {
        if (Sources.isMine(frame)) {
          first = e;
          break;
        }
      }
    }
    return first;
  }

  /** {@return the method whose null the judge stumbled over; null if it was something else} */
  static String returnedFrom(Throwable thrown) {
    Matcher returned = RETURNED.matcher(isReturned(thrown) ? "" + thrown.getMessage() : "");
    return returned.find() ? returned.group(1) : null;
  }

  /** Whether it is about a null that the learner's code returned. */
  private static boolean isReturned(Throwable thrown) {
    StackTraceElement[] stack = thrown.getStackTrace();
    return thrown instanceof NullPointerException
        && stack.length > 0
        && stack[0].getClassName().startsWith("road.");
  }

  /** {@return a sentence for the learner} */
  static String sentence(Throwable thrown) {
    Throwable e = firstOf(thrown);
    if (e instanceof StackOverflowError) {
      return "a method calls itself without end.";
    }
    if (e instanceof OutOfMemoryError) {
      return "no memory is left. Is a matrix far too large, or a list added to without end?";
    }
    if (isReturned(e)) {
      return "what it returns is null.";
    }
    String message = e.getMessage() == null ? "" : PACKAGES.matcher(e.getMessage()).replaceAll("");
    if (e instanceof NullPointerException) {
      return "something is null here" + (message.isEmpty() ? "." : ": " + end(message));
    }
    if (e instanceof NoClassDefFoundError) {
      return "the judge does not find the class " + end(message.replaceAll(".*/", ""));
    }
    if (e instanceof IncompatibleClassChangeError) {
      return "the judge no longer finds a method. Keep its name, its parameters and what it returns"
          + " as they were: "
          + end(message);
    }
    if (e instanceof IndexOutOfBoundsException && !message.isEmpty()) {
      return end(message)
          + (NEGATIVE.matcher(message).find()
              ? " An index is negative: is that a place before the first?"
              : " Does a loop run too far, or are two indices exchanged?");
    }
    if (e instanceof IllegalArgumentException && !message.isEmpty()) {
      return end(message);
    }
    return e.getClass().getSimpleName() + (message.isEmpty() ? "." : ": " + end(message));
  }

  private static String end(String message) {
    return message.endsWith(".") ? message : message + ".";
  }
}
