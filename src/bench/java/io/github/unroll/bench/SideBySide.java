package io.github.unroll.bench;

import com.sun.management.OperatingSystemMXBean;
import io.github.unroll.kernel.Kernel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/**
 * Times one case in one short run, so that Unroll and its peers can take turns: warms up, then
 * prints the median, least and greatest of its repeats as one line of JSON, in seconds; if the
 * environment has UNROLL_BENCH_CLOCK=cpu, in seconds of the process's processor time.
 *
 * <pre>{@code
 * SideBySide product ab 512 512 512
 * SideBySide elementwise tanh
 * SideBySide lstm forward 20 35 100 100
 * SideBySide lstm forwardBackward 20 35 100 100
 * SideBySide gru forwardBackward 20 35 100 100
 * SideBySide stream
 * SideBySide job
 * SideBySide onnx load FILE 1
 * SideBySide onnx run FILE 32
 * SideBySide limit weights 96 256
 * }</pre>
 *
 * <p>The system property {@code unroll.bench.warmUp} is the time of the warm-up in seconds, 2 by
 * default.
 */
public final class SideBySide {

  private static final double WARM_UP =
      Double.parseDouble(System.getProperty("unroll.bench.warmUp", "2"));
  private static final int LEAST_WARM_UP_CALLS = 3;
  private static final double LONGEST_WARM_UP = 4 * WARM_UP;
  private static final double REPEAT = 0.25; // seconds
  private static final int REPEATS = 7;
  private static final double LONG_CALL = 2; // seconds: three repeats are enough of such a one
  private static final int LONG_REPEATS = 3;

  // Null if the clock is that on the wall.
  private static final OperatingSystemMXBean PROCESS =
      "cpu".equals(System.getenv("UNROLL_BENCH_CLOCK"))
          ? ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
          : null;

  /** What is timed, and how many steps or elements one call of it makes. */
  private record Case(Runnable call, int per) {}

  private SideBySide() {}

  /**
   * Times a case.
   *
   * @param args the case, as above
   * @throws IOException if the job's text cannot be read
   */
  public static void main(String[] args) throws IOException {
    Case timed = named(args);
    report(args, timed.call, timed.per);
  }

  /** Measures a call that makes so many steps or elements, and prints the line. */
  static void report(String[] args, Runnable call, int per) {
    double[] seconds = measure(call);
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] /= per;
    }
    Arrays.sort(seconds);
    System.out.printf(
        Locale.ROOT,
        "{\"case\": \"%s\", \"kernel\": \"%s\", \"java\": \"%s\", "
            + "\"median\": %.6g, \"min\": %.6g, \"max\": %.6g, \"n\": %d, \"unit\": \"s\"}%n",
        String.join(" ", args),
        Kernel.active().getClass().getSimpleName(),
        Runtime.version(),
        seconds[seconds.length / 2],
        seconds[0],
        seconds[seconds.length - 1],
        seconds.length);
  }

  private static Case named(String[] args) throws IOException {
    switch (args.length == 0 ? "" : args[0]) {
      case "product":
        Products products = new Products();
        products.product = rest(args, 1);
        products.setUp();
        return new Case(products::multiply, 1);
      case "elementwise":
        return new Case(elementwise(args[1]), Elementwise.N);
      case "lstm":
        LstmLayer lstm = new LstmLayer();
        lstm.sizes = rest(args, 2);
        lstm.setUp();
        return new Case(args[1].equals("forward") ? lstm::forward : lstm::forwardBackward, 1);
      case "gru":
        GruLayer gru = new GruLayer();
        gru.sizes = rest(args, 2);
        gru.setUp();
        return new Case(args[1].equals("forward") ? gru::forward : gru::forwardBackward, 1);
      case "stream":
        StreamingStep streaming = new StreamingStep();
        streaming.setUp();
        return new Case(streaming::stream, StreamingStep.STEPS);
      case "job":
        TrainingJob job = new TrainingJob();
        job.setUp();
        return new Case(job::epoch, 1);
      case "onnx":
        OnnxRun onnx = new OnnxRun(args[2], Integer.parseInt(args[3]));
        return new Case(args[1].equals("load") ? onnx::load : onnx::answer, 1);
      case "limit":
        int[] sizes = Arrays.stream(args).skip(2).mapToInt(Integer::parseInt).toArray();
        Limits.Limit limit = Limits.named(args[1], sizes);
        return new Case(limit.loop(), limit.per());
      default:
        throw new IllegalArgumentException(
            rest(args, 0)
                + ": not a case; give product, elementwise, lstm, gru, stream, job, onnx or limit");
    }
  }

  private static String rest(String[] args, int from) {
    return String.join(" ", Arrays.copyOfRange(args, from, args.length));
  }

  private static Runnable elementwise(String function) {
    Elementwise elementwise = new Elementwise();
    elementwise.setUp();
    return switch (function) {
      case "exp" -> elementwise::exp;
      case "tanh" -> elementwise::tanh;
      case "sigmoid" -> elementwise::sigmoid;
      default -> throw new IllegalArgumentException(function + ": not exp, tanh or sigmoid");
    };
  }

  /** Seconds a call, each figure the mean over as many calls as fill a repeat. */
  private static double[] measure(Runnable call) {
    warmUp(call);
    int calls = 1;
    double spent = time(calls, call);
    while (spent < REPEAT / 8) {
      calls *= 2;
      spent = time(calls, call);
    }
    calls = (int) Math.max(1, Math.round(calls * REPEAT / spent));
    double[] seconds = new double[spent > LONG_CALL ? LONG_REPEATS : REPEATS];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = time(calls, call) / calls;
    }
    return seconds;
  }

  private static void warmUp(Runnable call) {
    double spent = 0;
    for (int calls = 0;
        (calls < LEAST_WARM_UP_CALLS || spent < WARM_UP) && spent < LONGEST_WARM_UP;
        calls++) {
      spent += time(1, call);
    }
  }

  private static double time(int calls, Runnable call) {
    long start = now();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    return (now() - start) / 1e9;
  }

  private static long now() {
    return PROCESS == null ? System.nanoTime() : PROCESS.getProcessCpuTime();
  }
}
