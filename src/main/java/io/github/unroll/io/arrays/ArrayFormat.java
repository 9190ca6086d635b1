package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/** A format of array files; {@link ArrayFile#FORMATS} lists all formats. */
interface ArrayFormat {

  /** A format whose arrays have names: what weights are kept in. */
  interface OfNames extends ArrayFormat {

    /** Reads the arrays of a file by name, in its order. */
    Map<String, StoredArray> read(Path file) throws IOException;
  }

  /** A format of names that is written too. */
  interface Written extends OfNames {

    /** Creates or replaces a file. */
    void write(Path file, Map<String, StoredArray> arrays) throws IOException;
  }

  /** The name of the format, its usual ending, such as .npz. */
  String called();

  /** Whether a file of a kind has this format. */
  boolean is(FileKind kind);

  /** Reads the listing from the headers of a file; {@code in} is at its beginning. */
  FileListing list(InputStream in, Path file) throws IOException;
}
