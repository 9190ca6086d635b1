package io.github.unroll.app;

import io.github.unroll.train.TrainingDivergedException;
import io.github.unroll.train.TrainingInterruptedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.Locale;
import java.util.function.Supplier;

/** A failure that the user can fix; its message is the only line that is printed. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1;

  /** Something that may fail for a reason outside the program. */
  interface Attempt {
    void run() throws IOException, WrongUse, Failure;
  }

  Failure(String message, Throwable cause) {
    super(message.lines().findFirst().orElse("").strip(), cause);
  }

  /**
   * Runs an attempt. Exceptions of files, numbers or the JVM become a failure; any other exception
   * is a bug and is rethrown.
   */
  static void unlessDone(Attempt attempt) throws WrongUse, Failure {
    try {
      attempt.run();
    } catch (AccessDeniedException e) { // its own message is the bare file name
      throw new Failure(e.getFile() + ": access denied", e);
    } catch (UncheckedIOException e) { // a checkpoint in the middle of a training
      throw new Failure(e.getCause().getMessage(), e);
    } catch (IOException | TrainingDivergedException | TrainingInterruptedException e) {
      throw new Failure(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } catch (ExceptionInInitializerError e) { // the kernel is chosen while its class is loaded
      if (!isRefusedSetting(e.getCause())) {
        throw e;
      }
      throw new Failure(e.getCause().getMessage(), e);
    } catch (OutOfMemoryError e) {
      if (String.valueOf(e.getMessage())
          .contains("native thread")) { // a larger heap would not help
        throw new Failure(
            "no more threads (" + e.getMessage() + "); raise the limit of processes, ulimit -u", e);
      }
      throw new Failure(
          String.format(
              Locale.ROOT,
              "out of memory (%s); take smaller sizes or a larger heap, java -Xmx",
              e.getMessage()),
          e);
    }
  }

  /** The two exceptions for invalid values of -Dunroll.kernel, .fma or .threads. */
  private static boolean isRefusedSetting(Throwable cause) {
    return cause instanceof IllegalStateException || cause instanceof IllegalArgumentException;
  }

  /**
   * Creates what the user's text and options require. Only here is an illegal argument the user's
   * mistake.
   *
   * @param what the text or option for the message; may be empty
   */
  static <T> T unlessMade(String what, Supplier<T> made) throws Failure {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new Failure(what + e.getMessage(), e);
    }
  }
}
