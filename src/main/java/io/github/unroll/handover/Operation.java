package io.github.unroll.handover;

import io.github.unroll.kernel.Kernel.Function;

/** What goes over to vectors by itself: each operation has vector loops of its own. */
enum Operation {
  PRODUCT(0.25),
  TRANSPOSED(0.25),
  ROW(0.25),
  EXP(Function.EXP),
  LOG(Function.LOG),
  SIGMOID(Function.SIGMOID),
  TANH(Function.TANH),
  SUM(0.1),
  SUM_OF_SQUARES(0.1),
  MAX(0.5);

  private static final Operation[] OF_FUNCTIONS = new Operation[Function.values().length];

  static {
    for (Operation operation : values()) {
      if (operation.function != null) {
        OF_FUNCTIONS[operation.function.ordinal()] = operation;
      }
    }
  }

  /** The part of its time in plain Java that it saves in vectors, roughly. */
  final double gain;

  /** The elementary function that it is; null if it is none. */
  final Function function;

  Operation(double gain) {
    this.gain = gain;
    this.function = null;
  }

  Operation(Function function) {
    this.gain = 0.5;
    this.function = function;
  }

  static Operation of(Function function) {
    return OF_FUNCTIONS[function.ordinal()];
  }

  /** {@return the operation that a product of m rows is} */
  static Operation product(int m, int bCol) {
    if (bCol != 1) {
      return TRANSPOSED;
    }
    return m == 1 ? ROW : PRODUCT;
  }
}
