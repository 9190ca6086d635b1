package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.hdf5.KerasFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The formats of Keras, .keras and .h5: weights by layer and number, as lstm.0. */
final class KerasFormat implements ArrayFormat.OfNames {

  private final FileKind kind;
  private final String called;

  KerasFormat(FileKind kind, String called) {
    this.kind = kind;
    this.called = called;
  }

  @Override
  public String called() {
    return called;
  }

  @Override
  public boolean is(FileKind other) {
    return other == kind;
  }

  @Override
  public FileListing list(InputStream in, Path file) throws IOException {
    KerasFile model = KerasFile.read(file);
    List<FileListing.Entry> entries = new ArrayList<>();
    for (String name : model.arrays().keySet()) {
      StoredArray array = model.arrays().get(name);
      List<Long> shape = new ArrayList<>();
      for (long axis : array.shape()) {
        shape.add(axis);
      }
      entries.add(new FileListing.Entry(name, array.typeName(), shape, array.unread()));
    }
    String version = model.version();
    return new FileListing(
        entries, version.isEmpty() ? Map.of() : Map.of("keras_version", version));
  }

  @Override
  public Map<String, StoredArray> read(Path file) throws IOException {
    return KerasFile.read(file).arrays();
  }
}
