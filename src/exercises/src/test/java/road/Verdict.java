package road;

/**
 * What came of one stop.
 *
 * @param kind whether it is right
 * @param text what to tell the learner; empty if it is right
 */
public record Verdict(Kind kind, String text) {

  /** How far a stop is. */
  public enum Kind {
    /** The blank is still there. */
    OPEN,
    /** Something is wrong, and the text names the mistake. */
    NAMED,
    /** Something is wrong, and the text says in which line or method. */
    PLACED,
    /** All is right. */
    RIGHT
  }

  static Verdict right() {
    return new Verdict(Kind.RIGHT, "");
  }

  /** {@return whether the stop is solved} */
  public boolean isRight() {
    return kind == Kind.RIGHT;
  }
}
