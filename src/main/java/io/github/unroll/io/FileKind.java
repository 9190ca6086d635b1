package io.github.unroll.io;

import io.github.unroll.io.bytes.AtomicFile;
import io.github.unroll.io.bytes.FilePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/**
 * The kind of a file, determined by its first bytes, never by its name. The name matters only when
 * a file is written: a name that promises another kind would mislead readers.
 */
public enum FileKind {
  /** No bytes. */
  EMPTY("empty", "", ""),
  /** One array of NumPy's {@code np.save}. */
  NPY("a .npy file", ".npy", "NumpyFile.read and inspect read it", "npy"),
  /** A zip archive: arrays of NumPy's {@code np.savez}, or files of other programs. */
  ZIP(
      "a zip archive",
      ".npz",
      "if it is .npz, NumpyFile.readArchive and inspect read it; if it is PyTorch's or Keras's,"
          + " save the weights by safetensors or numpy.savez",
      "npz",
      "zip"),
  /** Tensors and metadata: weights, and all models and trainings that Unroll saves. */
  SAFETENSORS(
      "a .safetensors file",
      ".safetensors",
      "SafeTensors.read and inspect read it, and ModelFile.load if Unroll saved it",
      "safetensors"),
  /** Python objects, such as old files of PyTorch; they are never read. */
  PICKLE("a Python pickle", "", "it is never read; save the weights by safetensors or numpy.savez"),
  /** Arrays in a tree, such as Keras's .h5. */
  HDF5("an HDF5 file", "", "save the weights in Python by safetensors or numpy.savez"),
  /** A protocol buffer, such as an .onnx model. */
  PROTOBUF(
      "a protocol buffer, such as .onnx",
      "",
      "save the initializers in Python by safetensors or numpy.savez"),
  /** A file compressed by gzip. */
  GZIP("compressed by gzip", "", "unpack it by gunzip"),
  /** A picture. */
  PNG("a PNG picture", "", "give a file of arrays"),
  /** A placeholder for a large file that Git LFS has not fetched. */
  GIT_LFS("a pointer of Git LFS in the place of the file", "", "fetch the file by git lfs pull"),
  /** A text in UTF-8, JSON and web pages too. */
  TEXT("a text", "", "train --data and Corpus read texts, no other command and class does"),
  /** None of these. */
  UNKNOWN("of a kind that is not known", "", "give a file of arrays");

  /** The number of first bytes that determine the kind of a file. */
  public static final int START = 512;

  private static final int SAFETENSORS_LENGTH = 8;

  /** No header is longer, by the format. */
  private static final int SAFETENSORS_LARGEST = 100_000_000;

  private static final byte[] NPY_START = bytes("934e554d5059");
  private static final byte[] ZIP_MEMBER_START = bytes("504b0304");
  private static final byte[] ZIP_END_START = bytes("504b0506");
  private static final byte[] HDF5_START = bytes("894844460d0a1a0a");
  private static final byte[] PNG_START = bytes("89504e470d0a1a0a");
  private static final byte[] GZIP_START = bytes("1f8b");
  private static final byte[] LFS_START =
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);

  /**
   * File name endings that promise a format; any other ending, such as .st or .bin, promises
   * nothing.
   */
  private static final Set<String> PROMISES =
      Set.of(
          "npy",
          "npz",
          "safetensors",
          "zip",
          "7z",
          "bz2",
          "gz",
          "tar",
          "tgz",
          "xz",
          "zst",
          "gguf",
          "h5",
          "hdf5",
          "joblib",
          "keras",
          "onnx",
          "pb",
          "pickle",
          "pkl",
          "pt",
          "pth",
          "tflite",
          "csv",
          "htm",
          "html",
          "json",
          "jsonl",
          "log",
          "md",
          "toml",
          "tsv",
          "txt",
          "xml",
          "yaml",
          "yml",
          "gif",
          "jpeg",
          "jpg",
          "pdf",
          "png",
          "svg",
          "class",
          "exe",
          "jar",
          "java",
          "py");

  private final String what;
  private final String called;
  private final String advice;
  private final Set<String> endings;

  FileKind(String what, String called, String advice, String... endings) {
    this.what = what;
    this.called = called;
    this.advice = advice;
    this.endings = Set.of(endings);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  // ---- what a file is ----

  /**
   * {@return the kind of a file, from its first bytes}
   *
   * @param file the file
   * @throws NoSuchFileException if there is no such file
   * @throws IOException naming the file, if it cannot be read
   */
  public static FileKind of(Path file) throws IOException {
    FilePath.requireReadable(file);
    try (InputStream in = Files.newInputStream(file)) {
      return of(in.readNBytes(START));
    }
  }

  /**
   * {@return the kind of the content of a stream, whose position does not change}
   *
   * @param in a stream with {@code mark}, such as a {@link java.io.BufferedInputStream}
   * @throws IOException if it cannot be read
   */
  public static FileKind of(InputStream in) throws IOException {
    in.mark(START);
    byte[] start = in.readNBytes(START);
    in.reset();
    return of(start);
  }

  /**
   * {@return the kind of a file with these first bytes}
   *
   * @param start the first {@link #START} bytes, or all if there are fewer
   */
  public static FileKind of(byte[] start) {
    if (start.length == 0) {
      return EMPTY;
    }
    if (begins(start, NPY_START)) {
      return NPY;
    }
    if (isZip(start)) {
      return ZIP;
    }
    if (isSafeTensors(start)) {
      return SAFETENSORS;
    }
    if (begins(start, HDF5_START)) {
      return HDF5;
    }
    if (begins(start, PNG_START)) {
      return PNG;
    }
    if (begins(start, GZIP_START)) {
      return GZIP;
    }
    if (begins(start, LFS_START)) {
      return GIT_LFS;
    }
    if (isPickle(start)) {
      return PICKLE;
    }
    if (isProtobuf(start)) {
      return PROTOBUF;
    }
    return isText(start) ? TEXT : UNKNOWN;
  }

  /** A member's header, or the end of an archive without any. */
  private static boolean isZip(byte[] start) {
    return begins(start, ZIP_MEMBER_START) || begins(start, ZIP_END_START);
  }

  /** The length of a header, and its first byte. */
  private static boolean isSafeTensors(byte[] start) {
    if (start.length <= SAFETENSORS_LENGTH) {
      return false;
    }
    long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return length >= 0 && length <= SAFETENSORS_LARGEST && start[SAFETENSORS_LENGTH] == '{';
  }

  /** Protocols 2 to 5. */
  private static boolean isPickle(byte[] start) {
    return start.length > 1 && start[0] == (byte) 0x80 && start[1] >= 2 && start[1] <= 5;
  }

  /** An ONNX model: its field 1, a version, then one of its texts or the graph. */
  private static boolean isProtobuf(byte[] start) {
    return start.length > 2
        && start[0] == 0x08
        && start[1] > 0
        && (start[2] == 0x12 || start[2] == 0x1a || start[2] == 0x3a || start[2] == 0x42);
  }

  /** UTF-8 without control characters; the last character may be cut. */
  private static boolean isText(byte[] start) {
    CharBuffer text = CharBuffer.allocate(start.length);
    boolean wrong =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(start), text, false).isError();
    return !wrong && text.flip().chars().allMatch(c -> c >= ' ' || "\t\n\r\f".indexOf(c) >= 0);
  }

  private static boolean begins(byte[] start, byte[] magic) {
    return start.length >= magic.length
        && Arrays.equals(start, 0, magic.length, magic, 0, magic.length);
  }

  // ---- what is not as it should be ----

  /**
   * {@return the part of a message, after the file's name, that says that this kind was expected
   * and another was found}
   *
   * @param found the kind that was found
   */
  public String butIs(FileKind found) {
    return "is no " + called + " file but " + found.inWords();
  }

  /** {@return a text that says what the kind is and what to do with such a file} */
  public String inWords() {
    return advice.isEmpty() ? what : what + "; " + advice;
  }

  // ---- names of files that are written ----

  /**
   * Checks that a file name does not promise another kind than this one, which is to be written.
   * Endings of other formats, such as .npz, .pt, .json or .png, in small or capital letters, do; an
   * unknown ending or none does not.
   *
   * @param file the file to be written
   * @throws IllegalArgumentException if its name promises another kind; the message names the file
   *     and a suitable ending
   * @throws IllegalStateException if this is a kind that Unroll does not write
   */
  public void requireName(Path file) {
    if (called.isEmpty()) {
      throw new IllegalStateException("Unroll writes no file that is " + what);
    }
    String ending = FilePath.ending(file);
    if (PROMISES.contains(ending) && !endings.contains(ending)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the ending .%s promises another kind of file than the %s that is written; take"
                  + " %s",
              file,
              ending,
              called,
              called));
    }
  }

  /**
   * Checks early, before hours are spent on the content, that a file can be written: an existing
   * file is replaced by a copy of itself, a new one is created and removed again.
   *
   * @param file the file to be written, in an existing directory
   * @throws IllegalArgumentException if its name promises another kind, see {@link #requireName}
   * @throws IOException naming the file, if it cannot be written
   */
  public void rehearse(Path file) throws IOException {
    requireName(file);
    AtomicFile.rehearse(file);
  }
}
