package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/** A format of files of arrays; {@link ArrayFile#FORMATS} lists all that there are. */
interface ArrayFormat {

  /** What such a file is called, by its usual ending, as .npz. */
  String called();

  /** Whether a file whose first bytes are of that kind is one of these. */
  boolean is(FileKind kind);

  /** What the headers of a file say it holds; in stands at its beginning. */
  FileListing list(InputStream in, Path file) throws IOException;

  /** Whether its arrays have names. */
  default boolean hasNames() {
    return true;
  }

  /** The arrays of a file by name, in its order; of a format that {@link #hasNames}. */
  Map<String, StoredArray> read(Path file) throws IOException;

  /** Makes or replaces a file. */
  void write(Path file, Map<String, StoredArray> arrays) throws IOException;
}
