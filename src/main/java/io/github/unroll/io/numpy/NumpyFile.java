package io.github.unroll.io.numpy;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.AtomicFile;
import io.github.unroll.io.bytes.FilePath;
import io.github.unroll.io.bytes.SteadyChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Reading and writing of NumPy files: .npy, one array, as in {@code np.save}, and .npz, a zip
 * archive of named arrays, as in {@code np.savez} and {@code np.savez_compressed}.
 *
 * <p>It reads versions 1 to 3 of the format, both byte orders, row-major and Fortran order, and
 * every type of {@link ElementType} except bfloat16; in archives stored and deflated members, also
 * zip64. Python objects are never unpickled, and headers are never evaluated. The first bytes
 * determine the kind of a file, not its name.
 *
 * <p>If a file is wrong, an {@link IOException} names it and the reason: an impossible header,
 * fewer or more bytes than it promises, two members with the same name, a wrong checksum. Memory is
 * allocated for bytes that have arrived, not for what a header promises; a deflated member can grow
 * to about a thousand times its size in the archive. A file is replaced only after it was written
 * completely.
 */
public final class NumpyFile {

  private static final String SUFFIX = ".npy";
  private static final int LONGEST_NAME = 0xffff;

  /** A constant time, so that the same arrays give the same file. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private NumpyFile() {}

  /**
   * Reads a .npy file.
   *
   * @param file the file
   * @return its array
   * @throws IOException naming the file, if it cannot be read or is wrong
   */
  public static StoredArray read(Path file) throws IOException {
    FilePath.requireReadable(file);
    try (InputStream in = Files.newInputStream(file)) {
      return Files.isRegularFile(file) ? NpyStream.read(in, Files.size(file)) : NpyStream.read(in);
    } catch (IOException e) {
      throw named(file.toString(), e);
    }
  }

  /**
   * Reads the .npy format from a stream, e.g. of a resource, to the stream's end.
   *
   * @param in read to its end, not closed
   * @param name its name in messages
   * @return its array
   * @throws IOException with that name, if the stream cannot be read or is wrong
   */
  public static StoredArray read(InputStream in, String name) throws IOException {
    try {
      return NpyStream.read(in);
    } catch (IOException e) {
      throw named(name, e);
    }
  }

  /**
   * Reads a .npz file. An array of an unsupported type, such as text, is included with its shape
   * and the name of its type, but without values; see {@link StoredArray#isReadable()}. Members
   * that are not arrays are skipped.
   *
   * @param file the file
   * @return its arrays by name, without .npy, in the order of the archive; unmodifiable
   * @throws IOException naming the file, and the member if it is one, if it cannot be read or is
   *     wrong; {@link #readFromArchive} reads the other members
   */
  public static Map<String, StoredArray> readArchive(Path file) throws IOException {
    return fromArchive(file, NpzReader::readAll);
  }

  /**
   * Reads one array of a .npz file, and no other member.
   *
   * @param file the file
   * @param name the name of the array, without .npy; {@link FileListing} lists the names
   * @return the array
   * @throws IllegalArgumentException naming the file, if it has no array with this name
   * @throws IOException naming file and member, if it cannot be read or is wrong, or its type is
   *     not supported
   */
  public static StoredArray readFromArchive(Path file, String name) throws IOException {
    return fromArchive(file, archive -> archive.read(name));
  }

  /** An operation on an archive. */
  @FunctionalInterface
  private interface ArchiveUse<T> {
    T of(NpzReader archive) throws IOException;
  }

  private static <T> T fromArchive(Path file, ArchiveUse<T> use) throws IOException {
    FilePath.requireReadable(file);
    try (SeekableByteChannel channel = new SteadyChannel(file, StandardOpenOption.READ)) {
      return use.of(new NpzReader(channel));
    } catch (IOException e) {
      throw named(file.toString(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the header of an open .npy file, and no further.
   *
   * @param in the file's bytes from the first on
   * @param file the file, whose size, if known, must fit the header
   * @return the entry of its array
   * @throws IOException naming the file, if it cannot be read or its header is not right
   */
  public static FileListing list(InputStream in, Path file) throws IOException {
    try {
      NpyHeader header =
          Files.isRegularFile(file) ? NpyStream.header(in, Files.size(file)) : NpyHeader.read(in);
      return new FileListing(List.of(header.entry("")), Map.of());
    } catch (IOException e) {
      throw named(file.toString(), e);
    }
  }

  /**
   * Reads the headers of a .npz file. Arrays that cannot be read are listed too.
   *
   * @param file the file
   * @return its arrays in the order of the archive, then the members that are not arrays
   * @throws IOException naming the file, if it cannot be read or is no archive of arrays
   */
  public static FileListing listArchive(Path file) throws IOException {
    return new FileListing(fromArchive(file, NpzReader::entries), Map.of());
  }

  /**
   * Writes a .npy file, byte for byte what NumPy writes: version 1, little endian, row-major.
   *
   * @param file the file, created or replaced; no .npy is added to its name
   * @param array the array
   * @throws IllegalArgumentException if the name promises another kind, see {@link
   *     FileKind#requireName}, or NumPy has no such type
   * @throws IllegalStateException if the values of the array were not read
   * @throws IOException naming the file, if it cannot be written
   */
  public static void write(Path file, StoredArray array) throws IOException {
    FileKind.NPY.requireName(file);
    AtomicFile.write(file, out -> NpyStream.write(out, array));
  }

  /**
   * Writes a .npz file without compression. The same arrays give the same bytes.
   *
   * @param file the file, created or replaced; no .npz is added to its name
   * @param arrays the arrays by name, written in the map's order
   * @throws IllegalArgumentException if a name cannot be stored in an archive, NumPy has no such
   *     type, or the file's name promises another kind, see {@link FileKind#requireName}
   * @throws IllegalStateException if there is an array whose values were not read
   * @throws IOException naming the file, if it cannot be written
   */
  public static void writeArchive(Path file, Map<String, StoredArray> arrays) throws IOException {
    FileKind.ZIP.requireName(file);
    AtomicFile.write(file, out -> writeArchive(out, arrays, false));
  }

  /**
   * Writes a .npz file with compression: smaller, and slower to write.
   *
   * @param file the file, created or replaced; no .npz is added to its name
   * @param arrays the arrays by name, written in the map's order
   * @throws IllegalArgumentException if a name cannot be stored in an archive, NumPy has no such
   *     type, or the file's name promises another kind, see {@link FileKind#requireName}
   * @throws IllegalStateException if there is an array whose values were not read
   * @throws IOException naming the file, if it cannot be written
   */
  public static void writeCompressedArchive(Path file, Map<String, StoredArray> arrays)
      throws IOException {
    FileKind.ZIP.requireName(file);
    AtomicFile.write(file, out -> writeArchive(out, arrays, true));
  }

  static void writeArchive(OutputStream out, Map<String, StoredArray> arrays, boolean deflated)
      throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    for (Map.Entry<String, StoredArray> named : arrays.entrySet()) {
      requireName(named.getKey());
      requireHeader(named.getKey(), named.getValue());
      ZipEntry entry = new ZipEntry(named.getKey() + SUFFIX);
      entry.setTimeLocal(TIME);
      if (!deflated) {
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(NpyStream.length(named.getValue()));
        entry.setCrc(crc(named.getValue()));
      }
      zip.putNextEntry(entry);
      NpyStream.write(zip, named.getValue());
      zip.closeEntry();
    }
    zip.finish();
  }

  /** The CRC of an array: a stored member has it before its bytes. */
  private static long crc(StoredArray array) throws IOException {
    CRC32 crc = new CRC32();
    NpyStream.write(new CheckedOutputStream(OutputStream.nullOutputStream(), crc), array);
    return crc.getValue();
  }

  /** Checks that the format can hold an array; the message names the array. */
  private static void requireHeader(String name, StoredArray array) {
    try {
      NpyHeader.bytes(array.elementType(), array.shape());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  private static void requireName(String name) {
    if (name.indexOf('\0') >= 0
        || !StandardCharsets.UTF_8.newEncoder().canEncode(name)
        || (name + SUFFIX).getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "writeArchive: a name of %d letters has a NUL, a half of a pair or more than %d"
                  + " bytes",
              name.length(),
              LONGEST_NAME));
    }
  }

  private static IOException named(String name, IOException e) {
    return new IOException(name + ": " + e.getMessage(), e);
  }
}
