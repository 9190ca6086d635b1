package io.github.unroll.layer;

import io.github.unroll.cell.Cell;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.RightOperands;
import io.github.unroll.tensor.Room;
import java.util.ArrayList;
import java.util.List;

/**
 * The matrices of a cell over T steps of N sequences, and the cell's steps over them. They are
 * time-major: the rows of step t are t·N to (t+1)·N − 1, so the states before all steps are one
 * view, and the states after all steps too. Memory only grows; a new N or T needs new views, some
 * hundred bytes for each step.
 *
 * <p>Forward allocates what it fills for backward; backward overwrites that and allocates only the
 * little that it needs in addition. A forward alone allocates no gradient.
 */
final class UnrolledCell {

  private static final String GATES = "gates";
  private static final String STATES = "states, the initial one among them,";
  private static final String KEPT = "matrices for backward";

  private final Cell cell;
  private final String owner;
  private final int[] stateSizes;

  private int n;
  private int steps;
  private boolean boundBackward;

  private Matrix xRoom;
  private Matrix aRoom;
  private final Matrix[] stateRoom; // each (T+1)·N rows
  private final Matrix[] keptRoom;
  private final Matrix[] leftRoom;
  private final MatrixView[][] dStates; // for even and for odd steps, each part (N, its size)

  private MatrixView x; // (T·N,D); after backward its gradient
  private MatrixView a; // (T·N,W)
  private List<List<MatrixView>> states; // before each step, and after the last
  private Cell.Views[] views; // of each step, forward
  private RightOperands forwardOperands;
  private RightOperands backwardOperands;
  private Runnable[] forward = {};
  private Runnable[] backward = {};
  private Cell.Views all;

  UnrolledCell(Cell cell, String owner) {
    this.cell = cell;
    this.owner = owner;
    this.stateSizes = cell.stateSizes();
    this.stateRoom = new Matrix[stateSizes.length];
    this.keptRoom = new Matrix[cell.keptSizes().length];
    this.leftRoom = new Matrix[cell.leftSizes().length];
    this.dStates = new MatrixView[2][stateSizes.length];
  }

  /** Allocates matrices, views and forward steps for a batch. */
  void reserve(int batch, int length) {
    if (batch == n && length == steps) {
      return;
    }
    checkRoom(batch, length);
    n = 0; // nothing is valid if the buffers do not fit or the cell throws
    xRoom = room("inputs", xRoom, batch, length, cell.inputSize());
    aRoom = room(GATES, aRoom, batch, length, cell.wx().value().cols());
    for (int p = 0; p < stateSizes.length; p++) {
      stateRoom[p] = room(STATES, stateRoom[p], batch, length + 1, stateSizes[p]);
    }
    int[] keptSizes = cell.keptSizes();
    for (int i = 0; i < keptSizes.length; i++) {
      keptRoom[i] = room(KEPT, keptRoom[i], batch, length, keptSizes[i]);
    }
    x = xRoom.rows(0, length * batch);
    a = aRoom.rows(0, length * batch);
    states = new ArrayList<>(length + 1);
    for (int t = 0; t <= length; t++) {
      states.add(rows(stateRoom, t * batch, batch));
    }
    forwardOperands = new RightOperands();
    views = new Cell.Views[length];
    forward = new Runnable[length];
    for (int t = 0; t < length; t++) {
      views[t] =
          new Cell.Views(
              aRoom.rows(t * batch, batch),
              states.get(t),
              states.get(t + 1),
              rows(keptRoom, t * batch, batch),
              List.of(),
              forwardOperands);
      forward[t] = cell.forward(views[t]);
    }
    n = batch;
    steps = length;
    boundBackward = false;
  }

  /** Allocates matrices, views and backward steps for the reserved batch. */
  void reserveBackward() {
    if (boundBackward) {
      return;
    }
    int[] leftSizes = cell.leftSizes();
    for (int i = 0; i < leftSizes.length; i++) {
      leftRoom[i] = room("gradients", leftRoom[i], n, steps, leftSizes[i]);
    }
    for (MatrixView[] gradients : dStates) {
      for (int p = 0; p < stateSizes.length; p++) {
        gradients[p] = room("gradients of the state", null, n, 1, stateSizes[p]);
      }
    }
    backwardOperands = new RightOperands();
    backward = new Runnable[steps];
    List<MatrixView> dEven = List.of(dStates[0]);
    List<MatrixView> dOdd = List.of(dStates[1]);
    Cell.StateGradients even = new Cell.StateGradients(dEven, dOdd);
    Cell.StateGradients odd = new Cell.StateGradients(dOdd, dEven);
    for (int t = 0; t < steps; t++) {
      Cell.Views v = views[t];
      Cell.Views alsoLeft =
          new Cell.Views(
              v.a(), v.before(), v.after(), v.kept(), rows(leftRoom, t * n, n), backwardOperands);
      backward[t] = cell.backward(alsoLeft, (t & 1) == 0 ? even : odd);
    }
    int rows = steps * n;
    all =
        new Cell.Views(
            a,
            rows(stateRoom, 0, rows),
            rows(stateRoom, n, rows),
            rows(keptRoom, 0, rows),
            rows(leftRoom, 0, rows),
            backwardOperands);
    boundBackward = true;
  }

  /** Throws if a matrix for a batch would be longer than an array can be. */
  void checkRoom(int batch, int length) {
    Room.size(owner, GATES, batch, length, cell.wx().value().cols());
    for (int size : stateSizes) {
      Room.size(owner, STATES, batch, length + 1L, size);
    }
    for (int size : cell.keptSizes()) {
      Room.size(owner, KEPT, batch, length, size);
    }
  }

  private Matrix room(String matrix, Matrix kept, int batch, int length, int features) {
    return Room.rows(owner, matrix, kept, batch, length, features);
  }

  private static List<MatrixView> rows(Matrix[] rooms, int from, int rows) {
    MatrixView[] views = new MatrixView[rooms.length];
    for (int i = 0; i < rooms.length; i++) {
      views[i] = rooms[i].rows(from, rows);
    }
    return List.of(views);
  }

  /** The inputs (T·N,D), to be filled before {@link #forward}; after backward their gradients. */
  MatrixView x() {
    return x;
  }

  /** A part of the states: the initial state first, then row t·N on for the state before step t. */
  Matrix state(int part) {
    return stateRoom[part];
  }

  /** The gradient of a part of the state before step t (N, its size), in backward. */
  MatrixView dState(int t, int part) {
    return dStates[t & 1][part];
  }

  /** Computes {@code x·wx} of all steps and prepares the weights for the steps. */
  void beginForward() {
    a.setMatmul(x, cell.wx().value());
    forwardOperands.prepare(steps, n);
  }

  /** Computes the state at t + 1 from the state at t. */
  void forward(int t) {
    forward[t].run();
  }

  /** Prepares the weights for the steps backward. */
  void beginBackward() {
    backwardOperands.prepare(steps, n);
  }

  /** Computes the gradient of the state at t from that of the state at t + 1. */
  void backward(int t) {
    backward[t].run();
  }

  /**
   * Clears what the cell stored for a sequence at step t, so that the step adds nothing to the
   * gradients: a gradient of zero times a stored infinity would be NaN.
   */
  void clearStep(int t, int sequence) {
    int row = t * n + sequence;
    a.fillRow(row, 0);
    for (MatrixView kept : all.kept()) {
      kept.fillRow(row, 0);
    }
    for (MatrixView left : all.left()) {
      left.fillRow(row, 0);
    }
  }

  /** Adds the gradients of the parameters; the gradients of the inputs replace the inputs. */
  void endBackward() {
    cell.wx().grad().addMatmul(x.transposed(), a);
    cell.addGradients(all);
    x.setMatmul(a, cell.wx().value().transposed());
  }
}
