package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.hdf5.KerasFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The formats of Keras, .keras and .h5: weights by layer and number, as lstm.0. */
record KerasFormat(FileKind kind, String called) implements ArrayFormat.OfNames {

  @Override
  public boolean is(FileKind other) {
    return other == kind;
  }

  @Override
  public FileListing list(InputStream in, Path file) throws IOException {
    KerasFile model = KerasFile.read(file);
    List<FileListing.Entry> entries = new ArrayList<>();
    model
        .arrays()
        .forEach(
            (name, array) ->
                entries.add(
                    new FileListing.Entry(
                        name,
                        array.typeName(),
                        Arrays.stream(array.shape()).boxed().toList(),
                        array.unread())));
    return new FileListing(
        entries, model.version().isEmpty() ? Map.of() : Map.of("keras_version", model.version()));
  }

  @Override
  public Map<String, StoredArray> read(Path file) throws IOException {
    return KerasFile.read(file).arrays();
  }
}
