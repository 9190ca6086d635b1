package io.github.unroll.io.hdf5;

import io.github.unroll.io.StoredArray;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * An HDF5 file in memory: its groups, texts and arrays by their paths. It is read by jhdf, which
 * need not be there; whatever goes wrong in it becomes an {@link IOException}.
 */
public final class Hdf5File {

  private static final String LIBRARY = "io.jhdf:jhdf:0.13.0";
  private static final String ENTRANCE = "io.jhdf.ObjectHeader";
  private static final String SILENCE = "slf4j.internal.verbosity";
  private static final String LOGGER = "META-INF/services/org.slf4j.spi.SLF4JServiceProvider";

  private final JhdfTree tree;

  /** Reading by jhdf, which may throw anything. */
  @FunctionalInterface
  private interface Reading<T> {
    T read() throws Exception;
  }

  /**
   * Opens a file.
   *
   * @param bytes all of it; not copied
   * @throws IOException if it is no HDF5 file, is damaged, or jhdf is missing
   */
  public Hdf5File(byte[] bytes) throws IOException {
    tree = guarded("", () -> open(bytes));
  }

  /** The one place that may find jhdf missing. */
  private static JhdfTree open(byte[] bytes) throws IOException, ClassNotFoundException {
    ClassLoader loader = Hdf5File.class.getClassLoader();
    Class<?> entrance = Class.forName(ENTRANCE, false, loader);
    Hdf5File.class.getModule().addReads(entrance.getModule());
    if (System.getProperty(SILENCE) != null || loader.getResource(LOGGER) != null) {
      return new JhdfTree(bytes);
    }
    // Without a logger slf4j prints a warning, which is no concern of whoever reads a model.
    System.setProperty(SILENCE, "ERROR");
    try {
      return new JhdfTree(bytes);
    } finally {
      System.clearProperty(SILENCE);
    }
  }

  /** {@return whether there is something at a path} */
  public boolean has(String path) throws IOException {
    return guarded(path, () -> tree.has(path));
  }

  /** {@return the names in a group; none if there is no such group} */
  public List<String> names(String path) throws IOException {
    return guarded(path, () -> tree.names(path));
  }

  /** {@return the texts of an attribute; none if there is no such attribute, or no text in it} */
  public List<String> texts(String path, String attribute) throws IOException {
    return guarded(path + "/@" + attribute, () -> tree.texts(path, attribute));
  }

  /** {@return the array at a path} */
  public StoredArray array(String path) throws IOException {
    return guarded(path, () -> tree.array(path));
  }

  private static <T> T guarded(String path, Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "is HDF5, which the library %s reads; it is missing, or there is another version of"
                  + " it (%s); add it to the dependencies of your program",
              LIBRARY,
              e.getMessage()),
          e);
    } catch (IOException e) {
      throw new IOException(at(path) + e.getMessage(), e);
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      throw new IOException(at(path) + "is no HDF5 that can be read: " + reason(e), e);
    }
  }

  private static String at(String path) {
    return path.isEmpty() ? "" : "'" + path + "' ";
  }

  /** What was wrong, at the bottom of what jhdf throws. */
  private static String reason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message != null && message.contains(" ")
        ? message
        : "it is cut off or damaged (" + root + ")";
  }
}
