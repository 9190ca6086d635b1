package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.onnx.file.OnnxFile;
import io.github.unroll.io.onnx.file.OnnxTensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The .onnx format: the initializers of a graph by their own names, and the weights of its layers
 * by the names of their nodes ({@link OnnxNames}).
 */
final class OnnxFormat implements ArrayFormat.OfNames {

  @Override
  public String called() {
    return ".onnx";
  }

  @Override
  public boolean is(FileKind kind) {
    return kind == FileKind.ONNX;
  }

  @Override
  public FileListing list(InputStream in, Path file) throws IOException {
    OnnxFile model = OnnxFile.read(in, file);
    List<FileListing.Entry> entries = new ArrayList<>();
    new OnnxNames(model).all().forEach((name, weight) -> entries.add(weight.entry(name)));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("producer", model.producer());
    model
        .opsets()
        .forEach((domain, version) -> metadata.put(("opset " + domain).strip(), "" + version));
    return new FileListing(entries, metadata);
  }

  @Override
  public Map<String, StoredArray> read(Path file) throws IOException {
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    Map<OnnxTensor, StoredArray> read = new HashMap<>(); // an array of two names is one
    for (Map.Entry<String, OnnxWeight> weight :
        new OnnxNames(OnnxFile.read(file)).all().entrySet()) {
      arrays.put(weight.getKey(), weight.getValue().array(read));
    }
    return arrays;
  }
}
