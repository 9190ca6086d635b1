package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.data.Batches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A training that meets what is not finite names it, and one that has nothing to learn says so. */
class NotFiniteTest {

  private static final int STEPS = 5;

  private final SequenceRegressor model = regressor(Readout.EVERY);

  private static SequenceRegressor regressor(Readout readout) {
    return new SequenceRegressor(
        SequenceDescription.regressor(Input.features(2), 4, 1).withReadout(readout),
        new RandomState(1));
  }

  /** Three sequences, all of 0.3, and targets of 0.5. */
  private static SequenceTargets batch(Readout readout) {
    Tensor3 xs = new Tensor3(3, STEPS, 2);
    Tensor3 targets = new Tensor3(3, readout == Readout.EVERY ? STEPS : 1, 1);
    xs.fill(0.3);
    targets.fill(0.5);
    return new SequenceTargets(xs, null, targets);
  }

  private static SequenceTargets batch() {
    return batch(Readout.EVERY);
  }

  @SafeVarargs
  private static <B> Batches<B> batches(B... all) {
    return new Batches<>() {
      @Override
      public int iterations() {
        return all.length;
      }

      @Override
      public B read(int iteration) {
        return all[iteration];
      }
    };
  }

  private static <B> void assertDiverges(
      TrainableModel<B> model, String message, Batches<B> batches) {
    Trainer<B> trainer = new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(1));
    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> trainer.train(batches, 2))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void should_name_the_input_that_is_nan(Readout readout) {
    SequenceTargets gap = batch(readout);
    gap.xs().set(1, 3, 1, Double.NaN);

    assertDiverges(
        regressor(readout),
        "the loss is NaN at epoch 1, iteration 2: the input is NaN at sequence 1, step 3, feature"
            + " 1; fill such gaps, or leave the sequence out",
        batches(batch(readout), gap));
  }

  @Test
  void should_name_the_input_of_a_classifier() {
    SequenceClassifier classifier =
        new SequenceClassifier(
            SequenceDescription.classifier(Input.features(2), 4, 3), new RandomState(1));
    LabelledSequences gap = LabelledSequences.ofWhole(batch().xs(), null, new int[] {0, 1, 2});
    gap.xs().set(2, 0, 1, Double.NaN);

    assertDiverges(
        classifier,
        "the loss is NaN at epoch 1, iteration 1: the input is NaN at sequence 2, step 0, feature"
            + " 1",
        batches(gap));
  }

  @Test
  void should_name_the_score_that_overflowed_behind_finite_ones() {
    SequenceClassifier classifier =
        new SequenceClassifier(
            SequenceDescription.classifier(Input.features(2), 4, 3), new RandomState(1));
    Tensor3 xs = new Tensor3(2, 5, 2);
    for (int t = 0; t < 5; t++) {
      xs.set(1, t, 0, 1); // the state of sequence 0 stays 0
    }
    classifier.parameters().get(0).value().fill(1);
    classifier.parameters().get(3).value().columns(2, 1).fill(1e308);

    assertDiverges(
        classifier,
        "so the scores overflowed: that of sequence 1, step 0, class 2 is Infinity",
        batches(LabelledSequences.ofWhole(xs, null, new int[] {0, 1})));
  }

  @Test
  void should_look_at_no_input_past_a_length() {
    SequenceTargets gap = batch();
    gap.xs().set(0, 4, 0, Double.NaN); // past the length
    gap.xs().set(1, 2, 0, Double.NaN);

    assertDiverges(
        model,
        "the input is NaN at sequence 1, step 2, feature 0",
        batches(new SequenceTargets(gap.xs(), new int[] {4, 5, 5}, gap.targets())));
  }

  @Test
  void should_name_the_input_of_which_only_the_gradients_show_anything() {
    SequenceTargets infinite = batch();
    infinite.xs().set(1, 3, 1, Double.POSITIVE_INFINITY); // the gates are 0 or 1 then
    assertDiverges(
        model,
        "the norm of the gradients is NaN at epoch 1, iteration 1: the input is Infinity at"
            + " sequence 1, step 3, feature 1",
        batches(infinite));

    SequenceTargets gapInBoth = batch();
    gapInBoth.xs().set(1, 4, 1, Double.NaN);
    gapInBoth.targets().set(1, 4, 0, Double.NaN); // so that the loss does not look there
    assertDiverges(
        regressor(Readout.EVERY),
        "the norm of the gradients is NaN at epoch 1, iteration 1: the input is NaN at sequence 1",
        batches(gapInBoth));
  }

  @Test
  void should_say_so_when_it_is_the_loss_that_overflows() {
    SequenceTargets far = batch();
    far.targets().set(0, 0, 0, 1e200);

    assertDiverges(
        model,
        "the loss is Infinity at epoch 1, iteration 1: all inputs, targets and parameters are"
            + " finite, and so are all scores: the loss computed from them overflowed",
        batches(far));
  }

  @Test
  void should_name_the_score_that_overflows() {
    Parameter b = model.parameters().get(4);
    Parameter w = model.parameters().get(3);
    b.value().fill(Double.MAX_VALUE);
    w.value().fill(Double.MAX_VALUE);

    assertDiverges(
        model,
        "all inputs, targets and parameters are finite, so the scores overflowed: that of sequence"
            + " 0, step 0, value 0 is ",
        batches(batch()));
  }

  @Test
  void should_not_say_more_than_it_knows_of_a_model_that_cannot_tell() {
    TrainableModel<String> mute =
        new TrainableModel<>() {
          @Override
          public double forward(String batch) {
            return Double.NaN;
          }

          @Override
          public void backward() {}

          @Override
          public List<Parameter> parameters() {
            return List.of();
          }
        };
    assertDiverges(
        mute,
        "the loss is NaN at epoch 1, iteration 1: all parameters are finite, so a value of the"
            + " batch is not, or the scores overflowed",
        batches("batch"));
  }

  @Test
  void should_say_in_which_batch_no_target_counts() {
    SequenceTargets gap = batch();
    gap.targets().fill(Double.NaN);
    Trainer<SequenceTargets> trainer = new Trainer<>(model, new Sgd(0.1), GradientClipping.none());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(batches(batch(), gap), 1))
        .withMessageStartingWith("epoch 1, iteration 2: ")
        .withMessageContaining("all 15 targets are NaN (ignore)");
  }

  @Test
  void should_name_the_input_that_is_held_out() {
    SequenceTargets gap = batch();
    gap.xs().set(1, 3, 1, Double.NaN);
    Validation validation = Validation.byLoss(model, batches(batch(), gap));

    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> validation.score().getAsDouble())
        .withMessageStartingWith(
            "the validation loss is NaN at held-out batch 1, from 0: the input is NaN at sequence"
                + " 1, step 3, feature 1");
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e200, Double.NaN, Double.POSITIVE_INFINITY})
  void a_trainer_and_a_loop_of_ones_own_should_treat_gradients_alike(double gradient) {
    GradientClipping clipping = GradientClipping.byGlobalNorm(1);
    Constant byTrainer = new Constant(gradient);
    Constant byHand = new Constant(gradient);
    Trainer<String> trainer = new Trainer<>(byTrainer, new Sgd(1), clipping);
    byHand.backward();

    if (Double.isFinite(gradient)) {
      trainer.train(batches("batch"), 1);
      clipping.clip(byHand.parameters());
      new Sgd(1).update(byHand.parameters());
      assertThat(byTrainer.weight.value().get(0, 0)).isCloseTo(-1, within(1e-15));
      assertThat(byHand.weight.value()).isEqualTo(byTrainer.weight.value());
    } else {
      String message =
          String.format(
              Locale.ROOT,
              "the first bad gradient is weight[0,0] = %s; lower the learning rate",
              gradient);
      assertThatExceptionOfType(TrainingDivergedException.class)
          .isThrownBy(() -> trainer.train(batches("batch"), 1))
          .withMessageContaining(message);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> clipping.clip(byHand.parameters()))
          .withMessageContaining(message);
    }
  }

  /** One weight that always has the same gradient. */
  private static final class Constant implements TrainableModel<String> {
    final Parameter weight = new Parameter("weight", new Matrix(1, 1));
    final double gradient;

    Constant(double gradient) {
      this.gradient = gradient;
    }

    @Override
    public double forward(String batch) {
      return 1;
    }

    @Override
    public void backward() {
      weight.grad().set(0, 0, gradient);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(weight);
    }
  }

  @Test
  void an_epoch_of_no_batches_should_be_refused_before_anything_changes() {
    Constant untouched = new Constant(1);
    Trainer<String> trainer = new Trainer<>(untouched, new Sgd(1), GradientClipping.none());
    String message =
        "train: an epoch must have at least 1 batch, not 0; check iterations() of the batches";

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(batches(), 3))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.resume(batches(), TrainingPlan.of(3), TrainingProgress.START))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Validation.byLoss(untouched, batches()))
        .withMessage("Validation.byLoss: 0 held-out batches; the mean loss takes at least 1");
  }

  @Test
  void an_epoch_that_has_no_batches_any_more_should_be_refused() {
    int[] begun = {0};
    Batches<String> fewer =
        new Batches<>() {
          @Override
          public int iterations() {
            return begun[0] > 1 ? 0 : 2;
          }

          @Override
          public String read(int iteration) {
            return "batch";
          }

          @Override
          public void beginEpoch() {
            begun[0]++;
          }
        };
    Trainer<String> trainer = new Trainer<>(new Constant(1), new Sgd(1), GradientClipping.none());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(fewer, 2))
        .withMessageStartingWith("train: an epoch must have at least 1 batch, not 0");
  }

  @Test
  void an_epoch_whose_batches_are_all_learned_should_be_ended_when_it_is_resumed() {
    TrainingProgress all = new TrainingProgress(2, 2, 7, TrainingProgress.START.judgement());
    Constant untouched = new Constant(1);
    Trainer<String> trainer = new Trainer<>(untouched, new Sgd(1), GradientClipping.none());

    assertThat(trainer.resume(batches("one", "two"), TrainingPlan.of(2), all))
        .singleElement()
        .satisfies(end -> assertThat(end.loss()).isEqualTo(3.5));
    assertThat(untouched.weight.value().get(0, 0)).isZero();
  }
}
