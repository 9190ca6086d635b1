package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.CellKind;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The weights that the factory of a kind requests for the cell of one layer. They must be exactly
 * the parameters of the cell, because files save and load a model by them.
 */
final class AskedWeights implements CellKind.Weights {

  private final WeightSource source;
  private final CellKind kind;
  private final String layer;
  private final List<Parameter> given = new ArrayList<>();

  AskedWeights(WeightSource source, CellKind kind, String layer) {
    this.source = source;
    this.kind = kind;
    this.layer = layer;
  }

  @Override
  public Parameter weight(String name, int rows, int cols) {
    return noted(source.weight(checked(name), rows, cols));
  }

  @Override
  public Parameter bias(String name, int size, double start) {
    return noted(source.bias(checked(name), size, start));
  }

  private Parameter noted(Parameter parameter) {
    given.add(parameter);
    return parameter;
  }

  private String checked(String name) {
    String full = layer + "." + name;
    refuseIf(
        name.indexOf('/') >= 0,
        "a parameter's name must not hold a /, as %s does: files keep the state of a training by"
            + " such names",
        full);
    refuseIf(
        given.stream().anyMatch(parameter -> parameter.name().equals(full)),
        "its factory requests %s twice",
        full);
    return full;
  }

  /**
   * Throws unless the cell's parameters are those that were requested and it reads {@code inputs}
   * features.
   */
  void check(Cell cell, int inputs) {
    for (Parameter parameter : cell.parameters()) {
      refuseIf(
          !given.contains(parameter),
          "its cell has a parameter %s that the factory did not request; files could not"
              + " restore it",
          parameter);
    }
    for (Parameter parameter : given) {
      refuseIf(
          !cell.parameters().contains(parameter),
          "its factory requests %s, which the cell does not list among its parameters; it would be"
              + " neither trained nor saved",
          parameter);
    }
    refuseIf(
        cell.inputSize() != inputs,
        "its cell reads %d features and must read %d",
        cell.inputSize(),
        inputs);
  }

  private void refuseIf(boolean wrong, String otherwise, Object... details) {
    if (wrong) {
      throw new IllegalArgumentException(
          "CellKind " + kind.name() + ": " + String.format(Locale.ROOT, otherwise, details));
    }
  }
}
