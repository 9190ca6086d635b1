package io.github.unroll.app;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.foreign.ImportedLayers;
import io.github.unroll.io.keras.KerasModel;
import io.github.unroll.io.onnx.OnnxModel;
import io.github.unroll.model.SequenceModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command that makes a model file of Unroll from one of ONNX or Keras. */
@Command(
    name = "convert",
    description = {
      "Makes a model file of Unroll from an .onnx, .keras or .h5 file.",
      "The network must be a plain stack: word vectors, recurrent layers of one kind and",
      "size, an affine map. Of a .pt file, which holds no network, the tensors are",
      "written."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ConvertCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FROM", description = "An .onnx, .keras, .h5 or .pt file.")
  private Path from;

  @Parameters(index = "1", paramLabel = "TO", description = "The .safetensors file to write.")
  private Path to;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws WrongUse, Failure {
    WrongUse.unless(!WritableFile.same(from, to), "FROM and TO are one file, " + from);
    try {
      FileKind.SAFETENSORS.requireName(to);
    } catch (IllegalArgumentException e) {
      throw new WrongUse(e.getMessage());
    }
    Failure.unlessDone(this::convert);
    return CommandLine.ExitCode.OK;
  }

  private void convert() throws IOException, Failure {
    PrintWriter out = spec.commandLine().getOut();
    FileKind kind = FileKind.of(from);
    switch (kind) {
      case ONNX -> save(OnnxModel.read(from)::layers, out);
      case KERAS, HDF5 -> save(KerasModel.read(from)::layers, out);
      case TORCH -> {
        ArrayFile.write(to, ArrayFile.read(from));
        out.println("tensors: " + to + "; a .pt file tells no network, so this is no model yet");
      }
      default -> throw new Failure(from + ": cannot be converted: it is " + kind.inWords(), null);
    }
    out.flush();
  }

  private void save(Supplier<ImportedLayers> layers, PrintWriter out) throws IOException, Failure {
    SequenceModel<?> model = Failure.unlessMade(from + ": ", () -> layers.get().toModel());
    ModelFile.save(to, model);
    out.println(model.description());
    out.println("model: " + to);
  }
}
