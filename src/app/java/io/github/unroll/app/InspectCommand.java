package io.github.unroll.app;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.keras.KerasModel;
import io.github.unroll.io.onnx.OnnxModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command that lists the arrays of a file, reading only its headers. */
@Command(
    name = "inspect",
    description = {
      "Tells what is in a file of a model or of arrays.",
      "Of an .onnx, .keras or .h5 file, the network, or why it cannot be run. Of every",
      "file the arrays' names, types, shapes and numbers of values, and what is noted",
      "beside them; last, which of them cannot be read, and why. What a file is, its",
      "first bytes say, not its name."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class InspectCommand implements Callable<Integer> {
  private static final int LONGEST_TEXT = 40;

  @Parameters(
      paramLabel = "FILE",
      description = {"A .safetensors, .npz, .npy, .pt, .onnx, .keras or .h5", "  file."})
  private Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws WrongUse, Failure {
    Failure.unlessDone(this::inspect);
    return CommandLine.ExitCode.OK;
  }

  private void inspect() throws IOException {
    FileListing listing = ArrayFile.list(file);
    PrintWriter out = spec.commandLine().getOut();
    printNetwork(FileKind.of(file), out);
    out.println(file.getFileName() + ": " + inWords(listing));
    Columns arrays = new Columns();
    for (FileListing.Entry entry : listing.entries()) {
      arrays.add(printable(entry.name()), type(entry), shape(entry), size(entry));
    }
    arrays.printTo(out, true);
    Columns texts = new Columns();
    listing.metadata().forEach((name, text) -> texts.add(printable(name), printable(text)));
    texts.printTo(out, false);
    Columns refused = new Columns();
    listing.entries().stream()
        .filter(entry -> !entry.unread().isEmpty())
        .forEach(entry -> refused.add("not read:", printable(entry.name()), onOneLine(entry)));
    refused.printTo(out, false);
    out.flush();
  }

  /** The network of a file that holds one, or why it cannot be run. */
  private void printNetwork(FileKind kind, PrintWriter out) {
    try {
      if (kind == FileKind.ONNX) {
        out.println(OnnxModel.read(file));
      } else if (kind == FileKind.KERAS || kind == FileKind.HDF5) {
        out.println(KerasModel.read(file));
      }
    } catch (IOException e) {
      out.println("cannot be run: " + harmless(e.getMessage()));
    }
  }

  private static String inWords(FileListing listing) {
    List<FileListing.Entry> entries = listing.entries();
    Map<String, String> metadata = listing.metadata();
    long count = entries.stream().filter(FileListing.Entry::isArray).count();
    String arrays = count == 1 ? "1 array" : count + " arrays";
    if (count < entries.size()) {
      arrays += ", without header " + (entries.size() - count);
    }
    long all = sum(entries);
    if (!metadata.containsKey("unroll.checkpoint")) {
      return String.format(Locale.ROOT, "%s, %d values", arrays, all);
    }
    // the names of a training's state, not of parameters, have a slash
    long parameters = sum(entries.stream().filter(e -> e.name().indexOf('/') < 0).toList());
    String kind = printable(metadata.getOrDefault("model", "model"));
    return all == parameters
        ? String.format(Locale.ROOT, "%s, %s, %d parameters", kind, arrays, parameters)
        : String.format(
            Locale.ROOT,
            "training of %s, %s, %d parameters, %d values of state",
            kind,
            arrays,
            parameters,
            all - parameters);
  }

  private static long sum(List<FileListing.Entry> entries) {
    return entries.stream().mapToLong(FileListing.Entry::size).sum();
  }

  private static String size(FileListing.Entry entry) {
    return entry.isArray() ? Long.toString(entry.size()) : "?";
  }

  private static String type(FileListing.Entry entry) {
    return entry.isArray() ? printable(entry.type()) : "?";
  }

  private static String shape(FileListing.Entry entry) {
    if (!entry.isArray()) {
      return "?";
    }
    return entry.shape().isEmpty()
        ? "()"
        : entry.shape().stream().map(Object::toString).collect(Collectors.joining("x"));
  }

  /** A text on one line, without control characters, and shortened if it is long. */
  private static String printable(String text) {
    int length = text.codePointCount(0, text.length());
    String shown =
        length <= LONGEST_TEXT
            ? text
            : text.substring(0, text.offsetByCodePoints(0, LONGEST_TEXT))
                + String.format(Locale.ROOT, "… (%d characters)", length);
    return harmless(shown);
  }

  /** Why an array cannot be read; not shortened, because it says what to do. */
  private static String onOneLine(FileListing.Entry entry) {
    return harmless(entry.unread());
  }

  private static String harmless(String text) {
    return text.replaceAll("\\p{C}", "?");
  }
}
