package io.github.unroll.model;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The parameters of an encoder and a decoder: what training and decoding share. */
record Seq2SeqWeights(
    Parameter encoderEmbedW,
    LstmCell encoderCell,
    Parameter decoderEmbedW,
    LstmCell decoderCell,
    Parameter affineW,
    Parameter affineB) {

  /**
   * Weights as the book draws them: word vectors of standard deviation 1/100, others of 1/√(rows),
   * biases zero, in the order of {@link #parameters()}.
   *
   * @param peeked how many features the decoder's LSTM reads beside a word vector
   * @param beside how many features the affine layer reads beside the decoder's state
   */
  static Seq2SeqWeights drawn(int v, int d, int h, int peeked, int beside, RandomState random) {
    return of(v, d, h, peeked, beside, new DrawnWeights(random));
  }

  /** Weights that are there already, of a model of that name. */
  static Seq2SeqWeights given(
      String model, int v, int d, int h, int peeked, int beside, Map<String, Matrix> weights) {
    return GivenWeights.all(model, weights, source -> of(v, d, h, peeked, beside, source));
  }

  private static Seq2SeqWeights of(
      int v, int d, int h, int peeked, int beside, WeightSource source) {
    // The sums below fit: by then there are weights of 4·h columns and of d·4·h elements.
    return new Seq2SeqWeights(
        source.wordVectors("encoder.embed.w", v, d),
        lstm("encoder.lstm", d, h, source),
        source.wordVectors("decoder.embed.w", v, d),
        lstm("decoder.lstm", d + peeked, h, source),
        source.weight("decoder.affine.w", h + beside, v),
        source.bias("decoder.affine.b", v));
  }

  private static LstmCell lstm(String name, int d, int h, WeightSource source) {
    return (LstmCell) source.cell(CellKind.LSTM, name, d, h);
  }

  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    all.add(encoderEmbedW);
    all.addAll(encoderCell.parameters());
    all.add(decoderEmbedW);
    all.addAll(decoderCell.parameters());
    all.add(affineW);
    all.add(affineB);
    return List.copyOf(all);
  }
}
