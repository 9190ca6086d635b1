package io.github.unroll.examples;

import io.github.unroll.data.AdditionTask;
import io.github.unroll.examples.Seq2SeqTraining.Result;
import io.github.unroll.examples.Seq2SeqTraining.Settings;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.io.PrintStream;

/**
 * Learns to add from examples, character by character: {@code 16+75} is {@code 91}. The settings
 * are those of the book "Deep Learning from Scratch 2", chapter 7; a peeky model with reversed
 * input.
 */
public final class AdditionExample {

  static final Settings SETTINGS = new Settings("peeky", true, 50_000, 25, 128, 128, 0);

  private AdditionExample() {}

  /**
   * Trains, prints a table and draws target/addition-learning-curve.png.
   *
   * @param args settings to change, such as {@code epochs=5} or {@code model=plain}
   * @throws IOException if the picture cannot be written
   */
  public static void main(String[] args) throws IOException {
    Result result = run(SETTINGS.with(args), System.out);
    System.out.println(
        Seq2SeqCharts.learningCurve(
            "addition-learning-curve.png", "Addition of two numbers 0 to 999", result.epochs()));
  }

  static Result run(Settings settings, PrintStream out) {
    RandomState random = new RandomState(settings.seed());
    return Seq2SeqTraining.run(
        settings, AdditionTask.sums(settings.samples(), random), random, out);
  }
}
