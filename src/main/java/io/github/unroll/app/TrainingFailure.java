package io.github.unroll.app;

import java.nio.file.AccessDeniedException;

/** What a person can put right; its message is the one line that is said. */
final class TrainingFailure extends Exception {
  private static final long serialVersionUID = 1;

  TrainingFailure(String message, Throwable cause) {
    super(message.lines().findFirst().orElse("").strip(), cause);
  }

  TrainingFailure(Exception cause) {
    this(inWords(cause), cause);
  }

  private static String inWords(Exception cause) {
    if (cause instanceof AccessDeniedException denied) {
      return denied.getFile() + ": access denied"; // its own message is the bare file name
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
