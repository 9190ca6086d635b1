package io.github.unroll.layer;

import io.github.unroll.Allocation;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;

/**
 * Prints for each layer the bytes that four calls allocate: a first and a second forward over a
 * batch of long sequences, a first and a second backward.
 */
final class ForwardBytes {

  static final int N = 3;
  static final int T = 16_000;
  static final int D = 2;
  static final int H = 8;
  static final int TD = 5; // steps of a decoder

  private ForwardBytes() {}

  public static void main(String[] args) throws Exception {
    Kind.LSTM.layer(D, H, new RandomState(1)).forward(new Tensor3(N, 3, D));
    new Matrix(120, 36).matmul(new Matrix(36, 390)); // the plain kernel's scratch, in full size
    RandomState random = new RandomState(2);
    for (Kind kind : Kind.values()) {
      print(kind.name(), kind.layer(D, H, random));
    }
    RecurrentLayer ahead = Kind.LSTM.layer(D, H, random);
    print("Bidirectional", new Bidirectional(ahead, Kind.LSTM.layer(D, H, random)));
    RecurrentLayer upper = Kind.LSTM.layer(H, H, random);
    print("RecurrentStack", new RecurrentStack(List.of(Kind.LSTM.layer(D, H, random), upper)));
    Parameter w = new Parameter("w", random.randn(D, D));
    print("TimeAffine", new TimeAffine(w, new Parameter("b", random.randn(1, D))));
    TimeDropout dropout = new TimeDropout(D, 0.5, random);
    dropout.setTraining(false);
    print("TimeDropout", dropout);

    TimeEmbedding embedding = new TimeEmbedding(w);
    int[][] ids = new int[N][T];
    Tensor3 vectors = new Tensor3(N, T, D);
    print(
        "TimeEmbedding",
        () -> embedding.forwardInto(ids, vectors),
        () -> embedding.backward(vectors));

    TimeAttention attention = new TimeAttention();
    Tensor3 hs = random.randn(N, T, D);
    Tensor3 h = random.randn(N, TD, D);
    Tensor3 contexts = new Tensor3(N, TD, D);
    Tensor3 dhs = new Tensor3(N, T, D);
    Tensor3 dh = new Tensor3(N, TD, D);
    print(
        "TimeAttention",
        () -> attention.forwardInto(hs, null, h, contexts),
        () -> attention.backwardInto(contexts, dhs, dh));
  }

  private static void print(String name, TimeLayer layer) throws Exception {
    Tensor3 xs = new RandomState(3).randn(N, T, layer.inputSize());
    Tensor3 ys = new Tensor3(N, T, layer.outputSize());
    Tensor3 dxs = new Tensor3(N, T, layer.inputSize());
    print(name, () -> layer.forwardInto(xs, ys), () -> layer.backwardInto(ys, dxs));
  }

  private static void print(String name, Allocation.Code forward, Allocation.Code backward)
      throws Exception {
    long first = Allocation.of(forward);
    long second = Allocation.of(forward);
    long firstBack = Allocation.of(backward);
    forward.run();
    long secondBack = Allocation.of(backward);
    System.out.println(name + ": " + first + " " + second + " " + firstBack + " " + secondBack);
  }
}
