package io.github.unroll;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.kernel.Kernel;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Trains a small LSTM language model for 50 iterations and prints a digest of all its parameters.
 */
final class TrainedBits {

  private static final int EMBEDDING = 30;
  private static final int HIDDEN = 37;
  private static final int BATCH = 11;
  private static final int STEPS = 9;

  private TrainedBits() {}

  public static void main(String[] args) throws NoSuchAlgorithmException {
    int iterations = Integer.parseInt(args[0]);
    int vocabulary = Integer.parseInt(args[1]);
    RandomState random = new RandomState(17);
    TimeEmbedding embedding =
        new TimeEmbedding(
            new Parameter("embed.w", Initializers.normal(vocabulary, EMBEDDING, random)));
    TimeLstm lstm =
        new TimeLstm(
            new LstmCell(
                Initializers.normal(EMBEDDING, 4 * HIDDEN, random),
                Initializers.normal(HIDDEN, 4 * HIDDEN, random),
                Initializers.lstmBias(HIDDEN, 1)),
            true);
    TimeAffine affine =
        new TimeAffine(
            new Parameter("affine.w", Initializers.normal(HIDDEN, vocabulary, random)),
            new Parameter("affine.b", new Matrix(1, vocabulary)));
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    List<Parameter> parameters = new ArrayList<>(embedding.parameters());
    parameters.addAll(lstm.parameters());
    parameters.addAll(affine.parameters());
    Adam adam = new Adam(0.01);
    GradientClipping clipping = GradientClipping.byGlobalNorm(0.5);
    for (int iteration = 0; iteration < iterations; iteration++) {
      parameters.forEach(Parameter::zeroGrad);
      int[][] ids = ids(vocabulary, random);
      loss.forward(affine.forward(lstm.forward(embedding.forward(ids))), ids(vocabulary, random));
      embedding.backward(lstm.backward(affine.backward(loss.backward(1))));
      clipping.clip(parameters);
      adam.update(parameters);
    }
    System.out.println(Kernel.active().getClass().getSimpleName() + " " + digest(parameters));
  }

  private static int[][] ids(int vocabulary, RandomState random) {
    int[][] ids = new int[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      ids[i] = random.randint(0, vocabulary, STEPS);
    }
    return ids;
  }

  private static String digest(List<Parameter> parameters) throws NoSuchAlgorithmException {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    for (Parameter parameter : parameters) {
      double[] values = parameter.value().data();
      ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
      bytes.asDoubleBuffer().put(values);
      sha.update(bytes);
    }
    return HexFormat.of().formatHex(sha.digest());
  }
}
