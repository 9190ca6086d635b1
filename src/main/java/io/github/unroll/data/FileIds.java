package io.github.unroll.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.TreeMap;

/**
 * Ids of a text file that are not kept: the file is read again, block by block, whenever they are
 * asked for. A block is what begins in one piece of the file. Some blocks are kept, so that those
 * at the places of a batch need not be read for each batch.
 */
final class FileIds implements TokenIds {
  /** The most memory for the ids of a file: a training has more than one text, and a model. */
  static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 4;

  private static final long MOST_BLOCKS = MOST_BYTES / 4 / (TextFile.PIECE * Integer.BYTES);

  private final Path file;
  private final Tokenizer tokenizer;
  private final BasicFileAttributes attributes;
  private final TreeMap<Integer, Long> blocks = new TreeMap<>(); // first token, its place in bytes
  private final LinkedHashMap<Integer, int[]> recent = new LinkedHashMap<>(64, 0.75f, true);
  private PackedIds packed = new PackedIds(); // null once they are too many
  private long size;
  private int latest; // the first token of the block that was used last
  private int[] block = {};

  private FileIds(Path file, boolean ofWords, long most) throws IOException {
    this.file = file;
    this.tokenizer = new Tokenizer(ofWords);
    try (TextFile text = new TextFile(file)) {
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
      int length = text.next();
      if (length == 0) {
        throw text.empty();
      }
      for (; length > 0; length = text.next()) {
        int tokens = tokenizer.read(text.chars(), length);
        if (tokenizer.start() >= 0) {
          blocks.put((int) size + tokenizer.before(), text.offset(tokenizer.start()));
        }
        take(tokens);
        if (packed != null && packed.bytes() > most && attributes.isRegularFile()) {
          packed = null; // a pipe cannot be read again
        }
      }
      take(tokenizer.end());
    }
  }

  private void take(int tokens) throws IOException {
    size += tokens;
    if (size > Integer.MAX_VALUE) {
      throw new IOException(
          file + ": more tokens than " + Integer.MAX_VALUE + ", the most; split the file");
    }
    if (packed != null) {
      packed.add(tokenizer.ids(), tokens);
    }
  }

  /**
   * Reads a file.
   *
   * @param most the most memory for its ids, in bytes; if they take more, they are not kept
   */
  static Corpus read(Path file, boolean ofWords, long most) throws IOException {
    FileIds ids = new FileIds(file, ofWords, most);
    if (ids.size == 0) {
      throw new IOException(file + ": no words, only blanks; give a file with text in it");
    }
    Vocabulary vocabulary = ids.tokenizer.vocabulary();
    return new Corpus(vocabulary, ids.packed == null ? ids : ids.packed.finished());
  }

  @Override
  public int size() {
    return (int) size;
  }

  @Override
  public synchronized int id(int index) {
    if (index < latest || index - latest >= block.length) {
      Integer first = blocks.floorKey(index);
      int[] ids = recent.get(first);
      if (ids == null) {
        Integer next = blocks.higherKey(index);
        ids = read(blocks.get(first), (next == null ? size() : next) - first);
        recent.put(first, ids);
        if (recent.size() > MOST_BLOCKS) {
          recent.remove(recent.keySet().iterator().next());
        }
      }
      block = ids;
      latest = first;
    }
    return block[index - latest];
  }

  /** Reads the tokens that begin at a place in the file. */
  private int[] read(long place, int count) {
    int[] ids = new int[count];
    try (TextFile text = new TextFile(file)) {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      if (now.size() != attributes.size()
          || !now.lastModifiedTime().equals(attributes.lastModifiedTime())) {
        throw changed();
      }
      text.skip(place);
      tokenizer.end();
      for (int done = 0, tokens; done < count; done += tokens) {
        int length = text.next();
        tokens = length == 0 ? tokenizer.end() : tokenizer.read(text.chars(), length);
        if (length == 0 && tokens == 0) {
          throw changed();
        }
        for (int i = 0; i < Math.min(tokens, count - done); i++) {
          ids[done + i] = tokenizer.ids()[i];
          if (ids[done + i] < 0) {
            throw changed();
          }
        }
      }
      return ids;
    } catch (EOFException e) {
      throw changed();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private UncheckedIOException changed() {
    return new UncheckedIOException(
        new IOException(
            file
                + ": the file has changed since it was read first, and is too large to be kept in"
                + " memory; leave it as it is, or read it anew"));
  }
}
