package road;

import java.util.List;

/**
 * One stop of the road: a lesson, a question, and a method or two to write.
 *
 * @param number its place, from 1
 * @param title what it is about, e.g. {@code "One step forward"}
 * @param lesson the page to read first, below docs/learn
 * @param file the learner's file, below src/main/java/mine
 * @param methods the methods to write there
 * @param hints four: a question; the shapes and the picture; the rule; the formula
 * @param task the calls and what they should give
 */
public record Stop(
    int number,
    String title,
    String lesson,
    String file,
    List<String> methods,
    List<String> hints,
    Task task) {

  /** The calls of a stop, and what they should give. */
  public interface Task {

    /**
     * {@return the cases, small ones first} A case whose sizes are all equal lets a mistake in
     * shapes be told by its numbers. A stop with two methods has cases for each: so the first is
     * judged before the second is written.
     */
    List<Case> cases();

    /** {@return what is right, but for the slips that this run makes} */
    Results expected(Case given, Slips slips);

    /** {@return what the learner's code gives} */
    Results yours(Case given);

    /**
     * {@return the method that gives a result; null for the stop's first}
     *
     * @param result its name, that of an array without index
     */
    default String methodOf(String result) {
      return null;
    }
  }
}
