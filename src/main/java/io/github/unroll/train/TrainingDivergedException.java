package io.github.unroll.train;

import io.github.unroll.model.TrainableModel;
import io.github.unroll.tensor.NotFinite;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Thrown if the loss, the gradients or the parameters of a training are no longer finite. The
 * message names the first value that is not: a parameter, an input, a score or a gradient.
 */
public final class TrainingDivergedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private static final String ADVICE = "; lower the learning rate or clip the gradients";

  private TrainingDivergedException(String what, String where, String why) {
    super(String.format(Locale.ROOT, "%s at %s: %s", what, where, why));
  }

  private static String place(int epoch, int iteration) {
    return String.format(Locale.ROOT, "epoch %d, iteration %d", epoch, iteration);
  }

  static <B> TrainingDivergedException ofLoss(
      double loss, int epoch, int iteration, TrainableModel<B> model, B batch) {
    return new TrainingDivergedException(
        "the loss is " + loss, place(epoch, iteration), ofLoss(model, batch));
  }

  private static <B> String ofLoss(TrainableModel<B> model, B batch) {
    return badParameter(model)
        .or(() -> model.notFinite(batch))
        .orElse(
            "all parameters are finite, so a value of the batch is not, or the scores overflowed"
                + ADVICE);
  }

  static <B> TrainingDivergedException ofNorm(
      double norm, int epoch, int iteration, TrainableModel<B> model, B batch) {
    return new TrainingDivergedException(
        "the norm of the gradients is " + norm,
        place(epoch, iteration),
        ofNorm(model, () -> model.notFinite(batch)));
  }

  private static String ofNorm(TrainableModel<?> model, Supplier<Optional<String>> ofBatch) {
    return badParameter(model)
        .or(ofBatch)
        .or(() -> NotFinite.gradient(model.parameters()).map(bad -> bad + ADVICE))
        .orElse("each is finite, but their norm is too large for a double" + ADVICE);
  }

  static <B> TrainingDivergedException ofShard(
      double loss, long step, int shard, TrainableModel<B> model, B batch) {
    return new TrainingDivergedException(
        "the loss is " + loss,
        String.format(Locale.ROOT, "step %d, shard %d", step, shard),
        ofLoss(model, batch));
  }

  static TrainingDivergedException ofStep(double norm, long step, TrainableModel<?> model) {
    return new TrainingDivergedException(
        "the norm of the gradients is " + norm, "step " + step, ofNorm(model, Optional::empty));
  }

  static TrainingDivergedException ofValidation(int epoch, int iterations) {
    return new TrainingDivergedException(
        "the validation score is NaN",
        place(epoch, iterations),
        "all parameters are finite, so a value that was scored is not, the scores overflowed, or"
            + " there was nothing to score; look at what is held out, or lower the learning rate");
  }

  /** For a held-out batch whose loss is NaN. */
  static <B> TrainingDivergedException ofHeldOut(int batch, TrainableModel<B> model, B heldOut) {
    return new TrainingDivergedException(
        "the validation loss is NaN",
        String.format(Locale.ROOT, "held-out batch %d, from 0", batch),
        ofLoss(model, heldOut));
  }

  static void throwIfNotFinite(int epoch, List<Parameter> parameters) {
    Optional<String> bad = NotFinite.parameter(parameters);
    if (bad.isPresent()) {
      throw new TrainingDivergedException(
          "a parameter is not finite, found", "the end of epoch " + epoch, bad.get() + ADVICE);
    }
  }

  private static Optional<String> badParameter(TrainableModel<?> model) {
    return NotFinite.parameter(model.parameters()).map(bad -> bad + ADVICE);
  }
}
