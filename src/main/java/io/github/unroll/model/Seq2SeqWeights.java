package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The parameters of an encoder and a decoder, shared by training and decoding.
 *
 * @param encoderCells one for each layer, the lowest first
 * @param decoderCells one for each layer, the lowest first
 */
record Seq2SeqWeights(
    Parameter encoderEmbedW,
    List<Cell> encoderCells,
    Parameter decoderEmbedW,
    List<Cell> decoderCells,
    Parameter affineW,
    Parameter affineB) {

  /** New weights, drawn in the order of {@link #parameters()}, then the biases of gates. */
  static Seq2SeqWeights drawn(Seq2SeqDescription d, RandomState random) {
    Seq2SeqWeights drawn = of(d, new DrawnWeights(random));
    DrawnWeights.startGates(
        Stream.concat(drawn.encoderCells.stream(), drawn.decoderCells.stream()).toList(),
        d.cell(),
        d.initialBias(),
        random);
    return drawn;
  }

  /** Given weights. */
  static Seq2SeqWeights given(Seq2SeqDescription d, Map<String, Matrix> weights) {
    return GivenWeights.all("Seq2Seq", weights, source -> of(d, source));
  }

  /** Weights of a source, requested in the order of {@link #parameters()}. */
  static Seq2SeqWeights of(Seq2SeqDescription d, WeightSource source) {
    int v = d.vocabularySize();
    int size = d.embeddingSize();
    Parameter encoderEmbedW = source.wordVectors("encoder.embed.w", v, size);
    List<Cell> encoder = source.cells("encoder.", d.cell(), d.layers(), size, d.hiddenSize());
    int h = encoder.get(d.layers() - 1).outputSize();
    Parameter decoderEmbedW = source.wordVectors("decoder.embed.w", v, size);
    int peeked = d.form() == Seq2SeqDescription.Form.PEEKY ? h : 0;
    int extra = d.form() == Seq2SeqDescription.Form.PLAIN ? 0 : h;
    // The sums fit in an int: weights with so many columns and rows exist by now.
    List<Cell> decoder =
        source.cells("decoder.", d.cell(), d.layers(), size + peeked, d.hiddenSize());
    return new Seq2SeqWeights(
        encoderEmbedW,
        encoder,
        decoderEmbedW,
        decoder,
        source.weight("decoder.affine.w", h + extra, v),
        source.bias("decoder.affine.b", v));
  }

  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    all.add(encoderEmbedW);
    encoderCells.forEach(cell -> all.addAll(cell.parameters()));
    all.add(decoderEmbedW);
    decoderCells.forEach(cell -> all.addAll(cell.parameters()));
    all.add(affineW);
    all.add(affineB);
    return List.copyOf(all);
  }
}
