package io.github.unroll.model;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;

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
    return new Seq2SeqWeights(
        new Parameter("encoder.embed.w", Initializers.normal(v, d, 100, random)),
        lstm("encoder.lstm", d, h, random),
        new Parameter("decoder.embed.w", Initializers.normal(v, d, 100, random)),
        lstm("decoder.lstm", d + peeked, h, random),
        new Parameter("decoder.affine.w", Initializers.normal(h + beside, v, random)),
        new Parameter("decoder.affine.b", new Matrix(1, v)));
  }

  private static LstmCell lstm(String name, int d, int h, RandomState random) {
    return new LstmCell(
        new Parameter(name + ".wx", Initializers.normal(d, 4 * h, random)),
        new Parameter(name + ".wh", Initializers.normal(h, 4 * h, random)),
        new Parameter(name + ".b", Initializers.lstmBias(h, 0)));
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
