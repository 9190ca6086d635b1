package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A language model in one .safetensors file: its parameters by name, and as metadata the
 * configuration and the vocabulary. Any reader of that format finds the parameters in it.
 *
 * <pre>{@code
 * Checkpoint.save(file, model, corpus.vocabulary());
 * Checkpoint saved = Checkpoint.load(file);
 * double perplexity = saved.model().perplexity(saved.vocabulary().encode(words));
 * }</pre>
 *
 * <p>A {@link TrainingCheckpoint} is such a file too, with more in it. For other models see {@link
 * SequenceCheckpoint} and {@link Seq2SeqCheckpoint}.
 *
 * @param model the model, at the beginning of a text
 * @param vocabulary the words that its ids stand for
 * @param notes what else was noted in the file, by name; sorted, unmodifiable
 */
public record Checkpoint(RnnLanguageModel model, Vocabulary vocabulary, Map<String, String> notes) {

  /**
   * A model with its vocabulary and notes.
   *
   * @param model the model
   * @param vocabulary the words that its ids stand for
   * @param notes texts by name; copied
   */
  public Checkpoint {
    notes = Collections.unmodifiableMap(new TreeMap<>(notes));
  }

  /**
   * Saves a model. The file appears whole or not at all: whoever reads meanwhile, and a crash, find
   * the old file or the new one.
   *
   * @param file made or replaced
   * @param model not modified; its parameters and configuration are saved
   * @param vocabulary the words that its ids stand for
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if the vocabulary has not as many words as the model, or a
   *     word is not Unicode
   */
  public static void save(Path file, RnnLanguageModel model, Vocabulary vocabulary)
      throws IOException {
    save(file, model, vocabulary, Map.of());
  }

  /**
   * Saves a model and notes on it, such as what it was trained on.
   *
   * @param file made or replaced
   * @param model not modified; its parameters and configuration are saved
   * @param vocabulary the words that its ids stand for
   * @param notes texts by name, which {@link #notes()} returns
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if the vocabulary has not as many words as the model, or a
   *     word or note is not Unicode
   */
  public static void save(
      Path file, RnnLanguageModel model, Vocabulary vocabulary, Map<String, String> notes)
      throws IOException {
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new TreeMap<>();
    LanguageModelFormat.put(model, vocabulary, notes, tensors, metadata);
    new SafeTensors(tensors, metadata).write(file);
  }

  /**
   * Loads a model for use; trained on, its dropout draws as from {@code new RandomState(0)}.
   *
   * @param file what {@link #save} or {@link TrainingCheckpoint} wrote
   * @param kinds your own kinds of cell, one of which the file may name; the library's are known
   * @return model and vocabulary
   * @throws IOException if it cannot be read or holds no such model; the message names file and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static Checkpoint load(Path file, CellKind... kinds) throws IOException {
    return load(file, new RandomState(0), kinds);
  }

  /**
   * Loads a model to be trained on.
   *
   * @param file what {@link #save} or {@link TrainingCheckpoint} wrote
   * @param masks modified by training: where dropout draws from
   * @param kinds your own kinds of cell, one of which the file may name; the library's are known
   * @return model and vocabulary
   * @throws IOException if it cannot be read or holds no such model; the message names file and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static Checkpoint load(Path file, RandomState masks, CellKind... kinds)
      throws IOException {
    return LanguageModelFormat.of(SafeTensors.read(file), file, masks, kinds);
  }
}
