package io.github.unroll.app;

import io.github.unroll.data.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that forecast and classify share. */
final class JobOptions {

  @Option(
      names = "--data",
      required = true,
      order = 0,
      paramLabel = "FILE",
      description = {
        "A CSV file in UTF-8 whose first row names the",
        "  columns, separated by commas, semicolons or tabs.",
        "  Numbers are like 1234.5; a gap is an empty cell."
      })
  private Path data;

  @Option(
      names = "--save",
      order = 20,
      paramLabel = "FILE",
      description = "Save the trained model, for predict and inspect.")
  private Path save;

  @Option(
      names = "--held-out",
      order = 21,
      paramLabel = "SHARE",
      defaultValue = "0.2",
      description = "The share of the data that the model is judged on.")
  private double heldOut = 0.2;

  @Option(
      names = "--hidden",
      order = 22,
      paramLabel = "N",
      defaultValue = "32",
      description = "Hidden size of the network, an LSTM.")
  private int hidden = 32;

  @Option(
      names = "--epochs",
      order = 23,
      paramLabel = "N",
      description = {"Greatest number of epochs: 60 to forecast, 100 to", "  classify."})
  private Integer epochs;

  @Option(
      names = "--seed",
      order = 24,
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of all random numbers.")
  private long seed;

  void check() throws WrongUse {
    WrongUse.unless(
        heldOut > 0 && heldOut < 1, "--held-out must be between 0 and 1, not " + heldOut);
    WrongUse.unlessAtLeastOne("--hidden", hidden);
    if (epochs != null) {
      WrongUse.unlessAtLeastOne("--epochs", epochs);
    }
    WrongUse.unless(seed >= 0, "--seed must be 0 or more, not " + seed);
    WrongUse.unless(!WritableFile.same(save, data), "--save and --data are one file, " + data);
  }

  void requireWritable() throws IOException {
    if (save != null) {
      WritableFile.require("--save", save);
    }
  }

  Path data() {
    return data;
  }

  Table table() throws IOException {
    return Table.read(data);
  }

  Optional<Path> save() {
    return Optional.ofNullable(save);
  }

  double heldOut() {
    return heldOut;
  }

  int hidden() {
    return hidden;
  }

  int epochs(int usual) {
    return epochs == null ? usual : epochs;
  }

  long seed() {
    return seed;
  }
}
