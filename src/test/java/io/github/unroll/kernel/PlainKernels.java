package io.github.unroll.kernel;

/** Lends the kernel in plain Java to tests of other packages. */
public final class PlainKernels {

  private PlainKernels() {}

  /** {@return the kernel in plain Java} */
  public static Kernel plain() {
    return PlainKernel.INSTANCE;
  }
}
