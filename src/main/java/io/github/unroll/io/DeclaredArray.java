package io.github.unroll.io;

import java.util.List;
import java.util.Locale;

/**
 * An array that a model reads or gives, as its file declares it.
 *
 * @param name its name
 * @param type the type of its elements, as {@link ElementType} calls it or the file; empty if it is
 *     not declared
 * @param shape the size of each axis: a number where it is fixed, the name that the file gives it
 *     where it is not, such as batch, or else -1; empty for a single number, and {@code ...} alone
 *     if the number of axes is not declared
 */
public record DeclaredArray(String name, String type, List<String> shape) {

  /**
   * An array.
   *
   * @param name its name
   * @param type the type of its elements
   * @param shape the size of each axis; copied
   */
  public DeclaredArray {
    shape = List.copyOf(shape);
  }

  /**
   * {@return whether an array of another shape may be meant}
   *
   * @param sizes the size of each axis; what is no number may be any size
   */
  public boolean mayBe(List<String> sizes) {
    boolean fits = shape.equals(List.of("...")) || shape.size() == sizes.size();
    for (int axis = 0; fits && axis < Math.min(shape.size(), sizes.size()); axis++) {
      String both = shape.get(axis) + "x" + sizes.get(axis);
      fits = !both.matches("[0-9]+x[0-9]+") || shape.get(axis).equals(sizes.get(axis));
    }
    return fits;
  }

  /** {@return name, type and shape, such as {@code x: float32 (batch x 5 x 3)}} */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s: %s (%s)", name, type, String.join(" x ", shape));
  }
}
