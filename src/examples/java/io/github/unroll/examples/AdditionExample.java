package io.github.unroll.examples;

import io.github.unroll.data.task.AdditionTask;
import io.github.unroll.examples.Seq2SeqTraining.Result;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.io.PrintStream;

/**
 * Learns to add from examples, character by character: {@code 16+75} is {@code 91}. The settings
 * are those of the book "Deep Learning from Scratch 2", chapter 7: a peeky model with reversed
 * input.
 */
public final class AdditionExample {

  static final String DEFAULTS =
      "model=peeky input=reversed samples=50000 epochs=25 hidden=128 embedding=16 batch=128"
          + " rate=0.001 clip=5 seed=0 chart=target/addition.png";

  private AdditionExample() {}

  /**
   * Trains, prints and draws.
   *
   * @param args settings that are to be different, as {@code model=plain} or {@code epochs=5}
   * @throws IOException if the picture cannot be written
   */
  public static void main(String... args) throws IOException {
    run(new Settings(DEFAULTS, args), System.out);
  }

  static Result run(Settings settings, PrintStream out) throws IOException {
    RandomState random = new RandomState(settings.whole("seed"));
    return Seq2SeqTraining.run(
        "Adding two numbers 0 to 999",
        settings,
        AdditionTask.sums(settings.whole("samples"), random),
        random,
        out);
  }
}
