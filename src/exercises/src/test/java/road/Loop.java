package road;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Looks at a thread that does not come out of a loop, and finds the loop: it is where the looks
 * begin to differ, from outside to inside, and there the uppermost line.
 */
final class Loop {

  private final List<List<StackTraceElement>> looks = new ArrayList<>();

  /** One look. */
  void add(StackTraceElement[] stack) {
    List<StackTraceElement> mine = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      if (Sources.isMine(frame)) {
        mine.add(frame);
      }
    }
    Collections.reverse(mine);
    if (!mine.isEmpty()) {
      looks.add(mine);
    }
  }

  /**
   * {@return where the loop is, and the lines around it, from inside to outside; empty if no look
   * fell into the learner's code} A loop whose only line is a call never differs by itself.
   */
  StackTraceElement[] place() {
    if (looks.isEmpty()) {
      return new StackTraceElement[0];
    }
    int same = 0;
    while (isSame(same)) {
      same++;
    }
    int depth = same;
    List<StackTraceElement> there =
        looks.stream().filter(look -> look.size() > depth).map(look -> look.get(depth)).toList();
    StackTraceElement loop =
        there.size() < looks.size()
            ? looks.get(0).get(depth - 1)
            : Collections.min(there, Comparator.comparing(StackTraceElement::getLineNumber));
    List<StackTraceElement> place = new ArrayList<>(looks.get(0).subList(0, depth));
    place.add(loop);
    Collections.reverse(place);
    return place.toArray(StackTraceElement[]::new);
  }

  private boolean isSame(int depth) {
    List<StackTraceElement> first = looks.get(0);
    return first.size() > depth
        && looks.stream()
            .allMatch(look -> look.size() > depth && look.get(depth).equals(first.get(depth)));
  }
}
