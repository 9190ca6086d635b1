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

  /** A cell of one layer; its parameters are named layer.wx and so on. */
  default Cell cell(CellKind kind, String layer, int inputs, int hidden) {
    AskedWeights asked = new AskedWeights(this, kind, layer);
    Cell cell = kind.cell(inputs, hidden, asked);
    asked.check(cell, inputs);
    return cell;
  }

  /**
   * The cells of layers upon each other; parameters are named rnn.wx, or rnn0.wx if there are more.
   */
  default List<Cell> cells(CellKind kind, int layers, int inputs, int hidden) {
    List<Cell> cells = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      String name = layers == 1 ? kind.name() : kind.name() + l;
      int below = l == 0 ? inputs : cells.get(l - 1).outputSize();
      cells.add(cell(kind, name, below, hidden));
    }
    return List.copyOf(cells);
  }
}
