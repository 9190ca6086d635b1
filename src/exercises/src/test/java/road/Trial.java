package road;

import java.util.List;

/**
 * All calls of one stop, with what they should have given.
 *
 * @param task the stop's
 * @param cases the inputs
 * @param wanted what is right
 * @param first what came of each case
 * @param second what came of each case the second time
 */
record Trial(
    Stop.Task task, List<Case> cases, List<Results> wanted, List<Call> first, List<Call> second) {

  /** {@return the first case that went wrong; −1 if none did, or met a blank before} */
  int firstProblem() {
    for (int i = 0; i < cases.size(); i++) {
      Call call = first.get(i);
      if (call.thrown() == null ? difference(i) != null : !call.isOpen()) {
        return i;
      }
      if (call.isOpen()) {
        return -1;
      }
    }
    return -1;
  }

  /** {@return the first case that met a blank; −1 if none did} */
  int firstOpen() {
    for (int i = 0; i < cases.size(); i++) {
      if (first.get(i).isOpen()) {
        return i;
      }
    }
    return -1;
  }

  /** {@return what is wrong with a case's results; null if nothing is, or there are none} */
  Results.Difference difference(int i) {
    Results results = first.get(i).results();
    return results == null ? null : results.differenceFrom(wanted.get(i));
  }

  /** {@return the name of a case's first result} */
  String firstName(int i) {
    return wanted.get(i).names().iterator().next();
  }

  /** {@return whether another call returned a matrix that this one returned, the very same} */
  boolean comesAgain(int i) {
    for (int j = 0; j < cases.size(); j++) {
      if (first.get(i).shares(second.get(j)) || (j != i && first.get(i).shares(first.get(j)))) {
        return true;
      }
    }
    return false;
  }
}
