package road;

import java.util.List;
import mine.Todo;

/** What came of one call of the learner's code. */
final class Call {

  private final Case before;
  private final Case given;
  private Results returned;
  private Results results; // a copy
  private Throwable thrown;

  private Call(Case before) {
    this.before = before;
    this.given = before.copy();
  }

  /** Calls, and catches whatever is thrown. */
  static Call of(Stop.Task task, Case given) {
    Call call = new Call(given);
    try {
      call.returned = task.yours(call.given);
      call.results = call.returned.copy();
    } catch (Throwable e) {
      call.thrown = e;
    }
    return call;
  }

  /** {@return what was returned, as it was at once after the call; null if it threw} */
  Results results() {
    return results;
  }

  /** {@return what was thrown, or null} */
  Throwable thrown() {
    return thrown;
  }

  /** {@return whether it met a blank} */
  boolean isOpen() {
    return thrown instanceof Todo;
  }

  /** {@return the name of an input that is no longer what it was, or null} */
  String changed() {
    return given.changedFrom(before);
  }

  /** {@return whether its inputs are what they were, but for rounding} */
  boolean isPutBack() {
    return given.isNear(before);
  }

  /** {@return whether what was returned is no longer what it was} */
  boolean overwritten() {
    return results != null && !results.equals(returned);
  }

  /** {@return whether another call returned the very same matrix} */
  boolean shares(Call other) {
    return results != null && other.results != null && returned.shares(other.returned);
  }

  /** {@return two names for what is one matrix and should be two, or null} */
  List<String> oneForTwo(Results wanted) {
    return results == null ? null : returned.oneForTwo(wanted);
  }
}
