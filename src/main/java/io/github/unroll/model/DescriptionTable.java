package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.layer.Merge;
import io.github.unroll.model.Seq2SeqDescription.DecoderStart;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A description as a table: the layers, the shapes of their outputs, and the numbers of parameters.
 */
final class DescriptionTable {

  private record Row(String what, String shape, long parameters) {}

  private final List<Row> rows = new ArrayList<>();

  private DescriptionTable() {}

  static String of(SequenceDescription d) {
    DescriptionTable table = new DescriptionTable();
    boolean words = d.input() instanceof Input.Words;
    table.add(d.input().toString(), shape("T", d.input().size()), words ? vectors(d) : 0);
    table.dropout(words, d.dropout());
    List<List<Cell>> cells = new Zeros().cells(d);
    for (List<Cell> layer : cells) {
      table.dropout(layer != cells.get(0), d.dropout());
      long count = layer.stream().mapToLong(DescriptionTable::count).sum();
      table.add(layer(d), shape("T", SequenceWeights.outputSize(d, layer)), count);
    }
    int read = SequenceWeights.outputSize(d, cells.get(cells.size() - 1));
    String steps = d.readout() == Readout.EVERY ? "T" : "1";
    table.add(readout(d.readout()), shape(steps, read), 0);
    table.dropout(true, d.dropout());
    long k = d.outputSize();
    table.add(d.output().toString(), shape(steps, k), (d.isTied() ? 0 : read * k) + k);
    return table.text();
  }

  static String of(Seq2SeqDescription d) {
    DescriptionTable table = new DescriptionTable();
    Seq2SeqWeights weights = Seq2SeqWeights.of(d, new Zeros());
    long v = d.vocabularySize();
    String words = Input.words(d.vocabularySize(), d.embeddingSize()).toString();
    String reversed = d.inputOrder() == InputOrder.REVERSED ? ", read from the last" : "";
    table.add(
        "question: " + words + reversed, shape("Te", d.embeddingSize()), v * d.embeddingSize());
    table.layers(weights.encoderCells(), d, "Te");
    table.add("answer: " + words, shape("Td", d.embeddingSize()), v * d.embeddingSize());
    String start = d.start() == DecoderStart.OUTPUT ? ", start from h alone" : "";
    table.layers(weights.decoderCells(), d, "Td");
    table.dropout(true, d.dropout());
    table.add(
        switch (d.form()) {
              case PLAIN -> "decoder's state";
              case PEEKY -> "encoder's last state and the decoder's";
              case ATTENTION -> "attention to the question and the decoder's state";
            }
            + start,
        shape("Td", weights.affineW().value().rows()),
        0);
    table.add("the next word", shape("Td", v), count(weights.affineW()) + v);
    return table.text();
  }

  private void layers(List<Cell> cells, Seq2SeqDescription d, String steps) {
    dropout(true, d.dropout());
    for (Cell cell : cells) {
      dropout(cell != cells.get(0), d.dropout());
      add(d.cell() + bias(d.initialBias()), shape(steps, cell.outputSize()), count(cell));
    }
  }

  private static long vectors(SequenceDescription d) {
    return (long) ((Input.Words) d.input()).vocabularySize() * d.input().size();
  }

  private static String layer(SequenceDescription d) {
    return d.cell()
        + d.bothDirections().map(DescriptionTable::directions).orElse("")
        + bias(d.initialBias());
  }

  private static String bias(InitialBias start) {
    return start instanceof InitialBias.Zero ? "" : ", initial bias " + start;
  }

  private static String directions(Merge merge) {
    return ", both directions, "
        + switch (merge) {
          case CONCATENATE -> "concatenated";
          case ADD -> "added";
          case AVERAGE -> "averaged";
          case MULTIPLY -> "multiplied";
        };
  }

  private static String readout(Readout readout) {
    return switch (readout) {
      case LAST -> "last state";
      case MEAN -> "mean of all states";
      case EVERY -> "every state";
    };
  }

  private static String shape(String steps, long features) {
    return String.format(Locale.ROOT, "(N,%s,%d)", steps, features);
  }

  private static long count(Cell cell) {
    return cell.parameters().stream().mapToLong(DescriptionTable::count).sum();
  }

  private static long count(Parameter parameter) {
    return parameter.value().data().length;
  }

  private void add(String what, String shape, long parameters) {
    rows.add(new Row(what, shape, parameters));
  }

  private void dropout(boolean here, double rate) {
    if (here && rate > 0) {
      add("dropout " + rate, "", 0);
    }
  }

  private String text() {
    long all = rows.stream().mapToLong(Row::parameters).sum();
    int what = rows.stream().mapToInt(row -> row.what.length()).max().orElseThrow();
    int shape = rows.stream().mapToInt(row -> row.shape.length()).max().orElseThrow();
    int number = Math.max("parameters".length(), Sizes.text(all).length());
    String line = "%-" + what + "s  %-" + shape + "s  %" + number + "s";
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, line, "", "", "parameters"));
    for (Row row : rows) {
      String parameters = row.parameters == 0 ? "" : Sizes.text(row.parameters);
      text.append('\n')
          .append(
              String.format(Locale.ROOT, line, row.what, row.shape, parameters).stripTrailing());
    }
    return text.append('\n')
        .append(String.format(Locale.ROOT, line, "together", "", Sizes.text(all)))
        .toString();
  }

  /** Weights of zeros, used only to count parameters. */
  private static final class Zeros implements WeightSource {

    @Override
    public Parameter wordVectors(String name, int vocabulary, int size) {
      return weight(name, vocabulary, size);
    }

    @Override
    public Parameter weight(String name, int rows, int cols) {
      return new Parameter(name, new Matrix(rows, cols));
    }

    @Override
    public Parameter bias(String name, int size, double start) {
      return weight(name, 1, size);
    }
  }
}
