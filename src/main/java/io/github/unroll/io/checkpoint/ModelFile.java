package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.random.RandomState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Saving and loading of a model in one .safetensors file, or a stream of the same bytes: its
 * parameters by name, and as metadata its description and notes. Any reader of that format can read
 * the parameters.
 *
 * <pre>{@code
 * ModelFile.save(file, classifier, Notes.none().withLabels(names));
 * SavedModel<SequenceClassifier> saved = ModelFile.load(file, SequenceClassifier.class);
 * }</pre>
 *
 * <p>It holds any {@link io.github.unroll.model.SequenceModel} and {@link
 * io.github.unroll.model.Seq2Seq}. A {@link TrainingCheckpoint} of such a model is also such a
 * file, with more content. Files of version 0.1 are read too.
 */
public final class ModelFile {

  private ModelFile() {}

  /**
   * Saves a model without notes. The file is written completely or not at all: a reader at the same
   * time, and a crash, leave the old file or the new one.
   *
   * @param file created or replaced
   * @param model not modified; its description and parameters are saved
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if it is not a model of the library
   */
  public static void save(Path file, TrainableModel<?> model) throws IOException {
    save(file, model, Notes.none());
  }

  /**
   * Saves a model. The file is written completely or not at all: a reader at the same time, and a
   * crash, leave the old file or the new one.
   *
   * @param file created or replaced
   * @param model not modified; its description and parameters are saved
   * @param notes notes for the model's user
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if it is not a model of the library, the number of words or
   *     labels is not that of the model's words or classes, or a word, label or text is not Unicode
   */
  public static void save(Path file, TrainableModel<?> model, Notes notes) throws IOException {
    content(model, notes).write(file);
  }

  /**
   * Writes a model to a stream, the same bytes as to a file.
   *
   * @param out not closed
   * @param model not modified; its description and parameters are written
   * @param notes notes for the model's user
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException as {@link #save(Path, TrainableModel, Notes)} does
   */
  public static void write(OutputStream out, TrainableModel<?> model, Notes notes)
      throws IOException {
    content(model, notes).write(out);
  }

  /**
   * {@return a model as bytes, the same as in a file, to be {@linkplain #read(InputStream, String,
   * Class, CellKind...) read} from a {@code ByteArrayInputStream}}
   *
   * @param model not modified; its description and parameters are written
   * @param notes notes for the model's user
   * @throws IllegalArgumentException as {@link #save(Path, TrainableModel, Notes)} does
   * @throws UncheckedIOException if names and notes are above the format's limit of 100 MB
   */
  public static byte[] toBytes(TrainableModel<?> model, Notes notes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(bytes, model, notes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static SafeTensors content(TrainableModel<?> model, Notes notes) {
    ModelFormat.requireDescribed(model);
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new TreeMap<>();
    ModelFormat.put(model, notes, tensors, metadata);
    return new SafeTensors(tensors, metadata);
  }

  /**
   * Loads the model of a file, of any class.
   *
   * @param file what {@link #save} or {@link TrainingCheckpoint} wrote
   * @param kinds your own kinds of cell, if the file may name one; the library's are known
   * @return model and notes; in further training its dropout uses {@code new RandomState(0)}
   * @throws IOException if it cannot be read or contains no model; the message names file and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static SavedModel<TrainableModel<?>> load(Path file, CellKind... kinds)
      throws IOException {
    return ModelFormat.read(SafeTensors.read(file), file.toString(), new RandomState(0), kinds);
  }

  /**
   * Reads the model of a stream, of any class.
   *
   * @param in read to its end, not closed: what {@link #write} or {@link #save} wrote
   * @param name its name in messages
   * @param kinds your own kinds of cell, if the model may have one; the library's are known
   * @return model and notes; in further training its dropout uses {@code new RandomState(0)}
   * @throws IOException if it cannot be read or contains no model; the message gives name and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static SavedModel<TrainableModel<?>> read(InputStream in, String name, CellKind... kinds)
      throws IOException {
    return ModelFormat.read(SafeTensors.read(in, name), name, new RandomState(0), kinds);
  }

  /**
   * Loads a model of one class.
   *
   * @param file what {@link #save} or {@link TrainingCheckpoint} wrote
   * @param type the model's class, such as {@code SequenceClassifier.class}
   * @param kinds your own kinds of cell, if the file may name one; the library's are known
   * @return model and notes; in further training its dropout uses {@code new RandomState(0)}
   * @throws IOException if it cannot be read or contains no such model; the message names file and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static <M> SavedModel<M> load(Path file, Class<M> type, CellKind... kinds)
      throws IOException {
    return load(file, type, new RandomState(0), kinds);
  }

  /**
   * Loads a model of one class for further training.
   *
   * @param file what {@link #save} or {@link TrainingCheckpoint} wrote
   * @param type the model's class, such as {@code SequenceClassifier.class}
   * @param masks modified by training: the source of dropout masks
   * @param kinds your own kinds of cell, if the file may name one; the library's are known
   * @return model and notes
   * @throws IOException if it cannot be read or contains no such model; the message names file and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static <M> SavedModel<M> load(
      Path file, Class<M> type, RandomState masks, CellKind... kinds) throws IOException {
    return ofType(
        type, ModelFormat.read(SafeTensors.read(file), file.toString(), masks, kinds), file);
  }

  /**
   * Reads a model of one class from a stream.
   *
   * @param in read to its end, not closed: what {@link #write} or {@link #save} wrote
   * @param name its name in messages
   * @param type the model's class, such as {@code SequenceClassifier.class}
   * @param kinds your own kinds of cell, if the model may have one; the library's are known
   * @return model and notes; in further training its dropout uses {@code new RandomState(0)}
   * @throws IOException if it cannot be read or contains no such model; the message gives name and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static <M> SavedModel<M> read(
      InputStream in, String name, Class<M> type, CellKind... kinds) throws IOException {
    return read(in, name, type, new RandomState(0), kinds);
  }

  /**
   * Reads a model of one class from a stream, for further training.
   *
   * @param in read to its end, not closed: what {@link #write} or {@link #save} wrote
   * @param name its name in messages
   * @param type the model's class, such as {@code SequenceClassifier.class}
   * @param masks modified by training: the source of dropout masks
   * @param kinds your own kinds of cell, if the model may have one; the library's are known
   * @return model and notes
   * @throws IOException if it cannot be read or contains no such model; the message gives name and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static <M> SavedModel<M> read(
      InputStream in, String name, Class<M> type, RandomState masks, CellKind... kinds)
      throws IOException {
    return ofType(type, ModelFormat.read(SafeTensors.read(in, name), name, masks, kinds), name);
  }

  private static <M> SavedModel<M> ofType(
      Class<M> type, SavedModel<TrainableModel<?>> saved, Object source) throws IOException {
    if (!type.isInstance(saved.model())) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: holds a %s, and what is wanted is a %s",
              source,
              saved.model().getClass().getSimpleName(),
              type.getSimpleName()));
    }
    return new SavedModel<>(type.cast(saved.model()), saved.notes());
  }
}
