package io.github.unroll.io;

import io.github.unroll.io.bytes.AtomicFile;
import io.github.unroll.io.bytes.FilePath;
import io.github.unroll.io.bytes.ZipDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The kind of a file, determined by its first bytes and, in a zip archive, by what is in it, never
 * by its name. The name matters only when a file is written: a name that promises another kind
 * would mislead readers.
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
      "if it is .npz, NumpyFile.readArchive and inspect read it",
      "npz",
      "zip"),
  /** Tensors of PyTorch's {@code torch.save}, in a zip archive or in its older format. */
  TORCH("a PyTorch file", ".pt", "TorchWeights.read and inspect read it"),
  /** A model of Keras 3: a zip archive of JSON and HDF5. */
  KERAS("a Keras file", ".keras", "KerasModel.read, KerasWeights.read and inspect read it"),
  /** Tensors and metadata: weights, and all models and trainings that Unroll saves. */
  SAFETENSORS(
      "a .safetensors file",
      ".safetensors",
      "SafeTensors.read and inspect read it, and ModelFile.load if Unroll saved it",
      "safetensors"),
  /** Python objects that are not in the form of {@code torch.save}. */
  PICKLE(
      "a Python pickle",
      "",
      "of these only files of torch.save are read; save the weights by torch.save, safetensors or"
          + " numpy.savez"),
  /** Arrays in a tree, such as Keras's .h5. */
  HDF5(
      "an HDF5 file",
      ".h5",
      "if Keras saved it, KerasModel.read, KerasWeights.read and inspect read it"),
  /** A graph of operators with its weights. */
  ONNX("an ONNX model", ".onnx", "OnnxModel.read, OnnxWeights.read and inspect read it"),
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

  private static final int ZIP_NAME = 30; // where a member's name begins

  private static final int SAFETENSORS_LENGTH = 8;

  /** No header is longer, by the format. */
  private static final int SAFETENSORS_LARGEST = 100_000_000;

  private static final byte[] NPY_START = bytes("934e554d5059");
  private static final byte[] ZIP_MEMBER_START = bytes("504b0304");
  private static final byte[] ZIP_END_START = bytes("504b0506");
  private static final byte[] TORCH_START = bytes("8a0a6cfc9c46f9206aa850192e"); // its number
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
          ("npy npz safetensors zip 7z bz2 gz tar tgz xz zst gguf h5 hdf5 joblib "
                  + "keras onnx pb pickle pkl pt pth tflite csv htm html json jsonl log md "
                  + "toml tsv txt xml yaml yml gif jpeg jpg pdf png svg class exe jar java py")
              .split(" "));

  private final String what;
  private final String called;
  private final String advice;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
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
    FileKind kind;
    try (InputStream in = Files.newInputStream(file)) {
      kind = of(in.readNBytes(START));
    }
    return kind == ZIP ? ofArchive(file) : kind;
  }

  /**
   * {@return the kind of an open file, from its first bytes, without changing the position of the
   * stream; of an archive from all its members}
   *
   * @param in a stream of the file with {@code mark}
   * @param file the file, which is opened a second time if it is an archive and no pipe
   * @throws IOException if it cannot be read
   */
  public static FileKind of(InputStream in, Path file) throws IOException {
    FileKind kind = of(in);
    return kind == ZIP && Files.isRegularFile(file) ? ofArchive(file) : kind;
  }

  /** Whose archive it is, by the names of all its members. */
  private static FileKind ofArchive(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      List<FileKind> kinds =
          ZipDirectory.read(channel).stream().map(member -> ofMember(member.name())).toList();
      return kinds.contains(TORCH) ? TORCH : kinds.contains(KERAS) ? KERAS : ZIP;
    } catch (IOException e) {
      return ZIP; // damaged: whoever reads it says where
    }
  }

  private static FileKind ofMember(String name) {
    if (name.endsWith("/data.pkl")) {
      return TORCH;
    }
    return name.equals("model.weights.h5") ? KERAS : ZIP;
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
    if (begins(start, ZIP_END_START)) {
      return ZIP;
    }
    if (begins(start, ZIP_MEMBER_START)) {
      return ofMember(firstMember(start));
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
      return isTorch(start) ? TORCH : PICKLE;
    }
    if (isOnnx(start)) {
      return ONNX;
    }
    return isText(start) ? TEXT : UNKNOWN;
  }

  /** The name of the first member of an archive; cut if it is long. */
  private static String firstMember(byte[] start) {
    if (start.length < ZIP_NAME) {
      return "";
    }
    int length = Byte.toUnsignedInt(start[26]) | Byte.toUnsignedInt(start[27]) << 8;
    int end = Math.min(ZIP_NAME + length, start.length);
    return new String(start, ZIP_NAME, end - ZIP_NAME, StandardCharsets.UTF_8);
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

  /** The number that PyTorch puts first; a pickle of protocol 4 or 5 says before how long it is. */
  private static boolean isTorch(byte[] start) {
    return isAt(start, 2, TORCH_START) || (start[1] >= 4 && isAt(start, 11, TORCH_START));
  }

  /** A protocol buffer of field 1, a version, then one of its texts or the graph. */
  private static boolean isOnnx(byte[] start) {
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
    return isAt(start, 0, magic);
  }

  private static boolean isAt(byte[] start, int from, byte[] magic) {
    int to = from + magic.length;
    return start.length >= to && Arrays.equals(start, from, to, magic, 0, magic.length);
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
