package road;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The mistakes that one run of a stop's formula makes on purpose. The formula asks {@link #made} at
 * each place where a mistake is often made; the first run, which makes none, so tells all there
 * are, and others make one or two of them.
 */
public final class Slips {

  private final Set<String> making;
  private final Set<String> known = new LinkedHashSet<>();

  private Slips(Set<String> making) {
    this.making = making;
  }

  static Slips none() {
    return new Slips(Set.of());
  }

  static Slips of(List<String> making) {
    return new Slips(Set.copyOf(making));
  }

  /**
   * {@return whether this run makes a mistake}
   *
   * @param what the sentence that names it, e.g. {@code "The bias is missing."}
   */
  public boolean made(String what) {
    known.add(what);
    return making.contains(what);
  }

  /** {@return what was asked for, in order} */
  List<String> known() {
    return List.copyOf(known);
  }
}
