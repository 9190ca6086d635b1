package io.github.unroll.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.Map;

/**
 * The peer of {@link OnnxRun}: the same file and inputs in onnxruntime, in float32. Before anything
 * is timed its answer is compared with ours.
 *
 * <pre>{@code
 * OnnxRuntimeRun first FILE
 * OnnxRuntimeRun load FILE 1
 * OnnxRuntimeRun run FILE 32
 * }</pre>
 */
public final class OnnxRuntimeRun {

  private static final double TOLERANCE = 1e-5; // float32, summed over a hundred steps

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final String file;
  private final OrtSession session;
  private final float[] inputs;
  private final long[] shape;

  private OnnxRuntimeRun(String file, int batch) throws OrtException {
    this.file = file;
    this.session = load();
    this.inputs = new float[batch * OnnxRun.STEPS * OnnxRun.FEATURES];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = OnnxRun.input(i);
    }
    this.shape = new long[] {batch, OnnxRun.STEPS, OnnxRun.FEATURES};
  }

  private OrtSession load() throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(Integer.getInteger("unroll.threads", 1));
      options.setInterOpNumThreads(1);
      return environment.createSession(file, options);
    }
  }

  private float[] answer() throws OrtException {
    try (OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(inputs), shape);
        OrtSession.Result outputs = session.run(Map.of("x", x))) {
      return ((OnnxTensor) outputs.get(0)).getFloatBuffer().array();
    }
  }

  private void compareWith(double... ours) throws OrtException {
    float[] theirs = answer();
    double most = theirs.length == ours.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < ours.length && most <= TOLERANCE; i++) {
      most = Math.max(most, Math.abs(theirs[i] - ours[i]));
    }
    if (!(most <= TOLERANCE)) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "%s: the answers differ by %.3g", file, most));
    }
  }

  /** What is timed: a call that may throw what onnxruntime throws. */
  private interface Call {
    void run() throws OrtException;
  }

  private static Runnable unchecked(Call call) {
    return () -> {
      try {
        call.run();
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  /**
   * Times a load or a run, or, as first, is a JVM's whole life.
   *
   * @param args as above
   * @throws OrtException if the file is not read or not run
   */
  public static void main(String[] args) throws OrtException {
    if (args[0].equals("first")) {
      System.out.println(new OnnxRuntimeRun(args[1], 1).answer()[0]);
      return;
    }
    int batch = Integer.parseInt(args[2]);
    OnnxRuntimeRun peer = new OnnxRuntimeRun(args[1], batch);
    peer.compareWith(new OnnxRun(args[1], batch).answer());
    Call call = args[0].equals("load") ? () -> peer.load().close() : peer::answer;
    SideBySide.report(args, unchecked(call), 1);
  }
}
