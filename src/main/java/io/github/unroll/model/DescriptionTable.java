package io.github.unroll.model;

import io.github.unroll.cell.InitialBias;
import io.github.unroll.layer.Merge;
import io.github.unroll.model.Seq2SeqDescription.DecoderStart;
import io.github.unroll.model.Seq2SeqDescription.Form;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
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
    int read = d.input().size();
    for (int l = 0; l < d.layers(); l++) {
      table.dropout(l > 0, d.dropout());
      long count = CellCount.parameters(d.cell(), read, d.hiddenSize());
      int outputs = CellCount.outputs(d.cell(), read, d.hiddenSize());
      read = d.bothDirections().map(merge -> merge.size(outputs, outputs)).orElse(outputs);
      boolean both = d.bothDirections().isPresent();
      table.add(layer(d), shape("T", read), both ? 2 * count : count);
    }
    String steps = d.readout() == Readout.EVERY ? "T" : "1";
    table.add(readout(d.readout()), shape(steps, read), 0);
    table.dropout(true, d.dropout());
    long k = d.outputSize();
    table.add(d.output().toString(), shape(steps, k), (d.isTied() ? 0 : read * k) + k);
    return table.text();
  }

  static String of(Seq2SeqDescription d) {
    DescriptionTable table = new DescriptionTable();
    long v = d.vocabularySize();
    String words = Input.words(d.vocabularySize(), d.embeddingSize()).toString();
    String reversed = d.inputOrder() == InputOrder.REVERSED ? ", read from the last" : "";
    table.add(
        "question: " + words + reversed, shape("Te", d.embeddingSize()), v * d.embeddingSize());
    int h = table.layers(d, d.embeddingSize(), "Te");
    table.add("answer: " + words, shape("Td", d.embeddingSize()), v * d.embeddingSize());
    String start = d.start() == DecoderStart.OUTPUT ? ", start from h alone" : "";
    int peeked = d.form() == Form.PEEKY ? h : 0;
    table.layers(d, d.embeddingSize() + peeked, "Td");
    table.dropout(true, d.dropout());
    long read = d.form() == Form.PLAIN ? h : 2L * h;
    table.add(
        switch (d.form()) {
              case PLAIN -> "decoder's state";
              case PEEKY -> "encoder's last state and the decoder's";
              case ATTENTION -> "attention to the question and the decoder's state";
            }
            + start,
        shape("Td", read),
        0);
    table.add("the next word", shape("Td", v), read * v + v);
    return table.text();
  }

  /** Adds the layers of an encoder or a decoder; returns how many features the highest gives. */
  private int layers(Seq2SeqDescription d, int inputs, String steps) {
    dropout(true, d.dropout());
    int below = inputs;
    for (int l = 0; l < d.layers(); l++) {
      dropout(l > 0, d.dropout());
      long count = CellCount.parameters(d.cell(), below, d.hiddenSize());
      below = CellCount.outputs(d.cell(), below, d.hiddenSize());
      add(d.cell() + bias(d.initialBias()), shape(steps, below), count);
    }
    return below;
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
}
