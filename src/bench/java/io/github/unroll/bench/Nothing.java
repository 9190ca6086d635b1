package io.github.unroll.bench;

/** A JVM's whole life without the library, which {@link StartUp} is compared with. */
public final class Nothing {

  private Nothing() {}

  /**
   * Prints a number.
   *
   * @param args none
   */
  public static void main(String[] args) {
    System.out.println(0.0);
  }
}
