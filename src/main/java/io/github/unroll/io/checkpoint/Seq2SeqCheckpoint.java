package io.github.unroll.io.checkpoint;

import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.AttentionSeq2Seq;
import io.github.unroll.model.EncoderDecoder;
import io.github.unroll.model.EncoderDecoder.InputOrder;
import io.github.unroll.model.PeekySeq2Seq;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An {@link EncoderDecoder} of any form in one .safetensors file: its parameters by name, and as
 * metadata the form, the configuration and the vocabulary.
 *
 * <pre>{@code
 * Seq2SeqCheckpoint.save(file, model, vocabulary);
 * Seq2SeqCheckpoint saved = Seq2SeqCheckpoint.load(file);
 * int[][] answers = saved.model().generate(questions, lengths, start, steps);
 * }</pre>
 *
 * @param model a {@link Seq2Seq}, {@link PeekySeq2Seq} or {@link AttentionSeq2Seq}, as was saved
 * @param vocabulary the words that its ids stand for
 */
public record Seq2SeqCheckpoint(EncoderDecoder model, Vocabulary vocabulary) {

  private static final String PLAIN = "Seq2Seq";
  private static final String PEEKY = "PeekySeq2Seq";
  private static final String ATTENTION = "AttentionSeq2Seq";

  /**
   * Saves a model. The file appears whole or not at all: whoever reads meanwhile, and a crash, find
   * the old file or the new one.
   *
   * @param file made or replaced
   * @param model not modified; its parameters, form and configuration are saved
   * @param vocabulary the words that its ids stand for
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if the vocabulary has not as many words as the model, or a
   *     word is not Unicode
   */
  public static void save(Path file, EncoderDecoder model, Vocabulary vocabulary)
      throws IOException {
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new TreeMap<>();
    ModelFormat.putVocabulary(vocabulary, model.vocabularySize(), metadata);
    ModelFormat.put(kind(model), model.parameters(), tensors, metadata);
    metadata.put("configuration.embeddingSize", Integer.toString(model.embeddingSize()));
    metadata.put("configuration.hiddenSize", Integer.toString(model.hiddenSize()));
    metadata.put("configuration.inputOrder", Metadata.nameOf(model.inputOrder()));
    new SafeTensors(tensors, metadata).write(file);
  }

  private static String kind(EncoderDecoder model) {
    if (model instanceof AttentionSeq2Seq) {
      return ATTENTION;
    }
    return model instanceof PeekySeq2Seq ? PEEKY : PLAIN;
  }

  /**
   * Loads a model.
   *
   * @param file what {@link #save} wrote
   * @return model and vocabulary
   * @throws IOException if it cannot be read or holds no such model; the message names file and
   *     reason
   */
  public static Seq2SeqCheckpoint load(Path file) throws IOException {
    SafeTensors content = SafeTensors.read(file);
    Metadata metadata = new Metadata(content.metadata(), file.toString());
    String kind = ModelFormat.kind(metadata, file, List.of(PLAIN, PEEKY, ATTENTION));
    Vocabulary vocabulary = ModelFormat.vocabulary(metadata, file);
    int v = vocabulary.size();
    int d = metadata.integer("configuration.embeddingSize");
    int h = metadata.integer("configuration.hiddenSize");
    InputOrder order = metadata.constant("configuration.inputOrder", InputOrder.class);
    Map<String, Matrix> weights = ModelFormat.parameters(content, file);
    EncoderDecoder model =
        ModelFormat.orRefuse(
            file,
            () ->
                switch (kind) {
                  case PEEKY -> new PeekySeq2Seq(v, d, h, order, weights);
                  case ATTENTION -> new AttentionSeq2Seq(v, d, h, order, weights);
                  default -> new Seq2Seq(v, d, h, order, weights);
                });
    return new Seq2SeqCheckpoint(model, vocabulary);
  }
}
