package io.github.unroll.app;

/** What a person can put right; its message is the one line that is said. */
final class TrainingFailure extends Exception {
  private static final long serialVersionUID = 1;

  TrainingFailure(String message, Throwable cause) {
    super(message.lines().findFirst().orElse("").strip(), cause);
  }

  TrainingFailure(Throwable cause) {
    this(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
  }
}
