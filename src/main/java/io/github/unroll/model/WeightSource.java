package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.CellKind;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;

/** Where a new model's weights come from. */
interface WeightSource extends CellKind.Weights {

  /** Word vectors (V,D). */
  Parameter wordVectors(String name, int vocabulary, int size);

  /** The weights of the cell of one layer. */
  default CellKind.Weights under(String layer) {
    WeightSource all = this;
    return new CellKind.Weights() {
      @Override
      public Parameter weight(String name, int rows, int cols) {
        return all.weight(layer + "." + name, rows, cols);
      }

      @Override
      public Parameter bias(String name, int size) {
        return all.bias(layer + "." + name, size);
      }
    };
  }

  /**
   * The cells of layers upon each other; parameters are named rnn.wx, or rnn0.wx if there are more.
   */
  default List<Cell> cells(CellKind kind, int layers, int inputs, int hidden) {
    List<Cell> cells = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      String name = layers == 1 ? kind.name() : kind.name() + l;
      int below = l == 0 ? inputs : cells.get(l - 1).outputSize();
      cells.add(kind.cell(below, hidden, under(name)));
    }
    return List.copyOf(cells);
  }
}
