package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.data.Batches;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.DrawnBatches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Sequences;
import io.github.unroll.data.task.AddingProblem;
import io.github.unroll.layer.Merge;
import io.github.unroll.model.Input;
import io.github.unroll.model.Output;
import io.github.unroll.model.Readout;
import io.github.unroll.model.RnnLanguageModel;
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
import io.github.unroll.train.TrainingListener.EpochEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {

  private static final int[] TEXT = new RandomState(1).randint(0, 5, 49);
  private static final int[] HELD_OUT = new RandomState(2).randint(0, 5, 33);
  private static final BpttBatches BATCHES = new BpttBatches(TEXT, 2, 4);

  /** One weight that every update of rate 1 makes 1 greater; it notes what it is told. */
  private static final class Counter implements TrainableModel<String> {
    final Parameter weight = new Parameter("count", new Matrix(1, 1));
    final List<String> told = new ArrayList<>();

    double value() {
      return weight.value().get(0, 0);
    }

    @Override
    public double forward(String batch) {
      told.add(batch);
      return 1;
    }

    @Override
    public void backward() {
      weight.grad().set(0, 0, -1);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(weight);
    }

    @Override
    public void setTraining(boolean training) {
      told.add(training ? "training" : "use");
    }

    @Override
    public void resetState() {
      told.add("reset");
    }
  }

  private final Counter counter = new Counter();

  private static Batches<String> batches(String... all) {
    return new Batches<>() {
      @Override
      public int iterations() {
        return all.length;
      }

      @Override
      public String read(int iteration) {
        return all[iteration];
      }

      @Override
      public boolean startsNewText(int iteration) {
        return all[iteration].startsWith("new");
      }
    };
  }

  private List<EpochEnd> count(TrainingPlan plan, TrainingListener... listeners) {
    return new Trainer<>(counter, new Sgd(1), GradientClipping.none(), listeners)
        .train(batches("batch"), plan);
  }

  /** The score of epoch 1, 2, ...; the weight counts the epochs. */
  private DoubleSupplier scores(double... scores) {
    return () -> scores[(int) counter.value() - 1];
  }

  private static RnnLanguageModel model() {
    return new RnnLanguageModel(
        SequenceDescription.languageModel(5, 3, 4).withDropout(0.3), new RandomState(1));
  }

  private static Trainer<BpttBatches.Batch> trainer(RnnLanguageModel model) {
    return new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(1));
  }

  private static List<Matrix> values(RnnLanguageModel model) {
    return model.parameters().stream().map(p -> p.value().copy()).toList();
  }

  @Test
  void should_score_after_each_epoch_while_the_model_is_not_in_training() {
    Validation validation =
        Validation.by(
            () -> {
              counter.told.add("score");
              return 1;
            });
    count(TrainingPlan.of(2).with(validation));

    assertThat(counter.told)
        .containsExactly(
            "training", "batch", "use", "score", "training", "batch", "use", "score", "training");
  }

  @Test
  void should_tell_the_listeners_the_score_and_whether_it_is_the_best() {
    List<EpochEnd> heard = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void epochEnded(EpochEnd epoch) {
            heard.add(epoch);
          }
        };
    Validation validation = Validation.by(scores(5, 4, 4, Double.POSITIVE_INFINITY, 3));
    List<EpochEnd> ends = count(TrainingPlan.of(5).with(validation), listener);

    assertThat(heard).isEqualTo(ends);
    assertThat(ends)
        .extracting(end -> end.validation().orElseThrow())
        .containsExactly(5.0, 4.0, 4.0, Double.POSITIVE_INFINITY, 3.0);
    assertThat(ends).extracting(EpochEnd::best).containsExactly(true, true, false, false, true);
  }

  @Test
  void should_have_no_score_without_validation() {
    assertThat(count(TrainingPlan.of(1)))
        .singleElement()
        .satisfies(end -> assertThat(end.validation()).isEmpty())
        .satisfies(end -> assertThat(end.best()).isFalse());
  }

  @Test
  void should_stop_when_patience_ends() {
    Validation validation =
        Validation.by(scores(5, 6, 4, 4, 7, 1)).stopping(EarlyStopping.after(2));

    assertThat(count(TrainingPlan.of(6).with(validation))).hasSize(5);
  }

  @Test
  void should_not_stop_before_there_was_a_gain_that_is_too_small_for_long_enough() {
    EarlyStopping stopping = new EarlyStopping(3, 0.5);
    // 4.8 and 4.6 are no gains on 5, 4.4 is one, and so is none after it
    Validation validation =
        Validation.by(scores(5, 4.8, 4.6, 4.4, 4.3, 4.2, 4.1, 0)).stopping(stopping);
    List<EpochEnd> ends = count(TrainingPlan.of(8).with(validation));

    assertThat(ends).hasSize(7);
    assertThat(ends).extracting(EpochEnd::best).containsOnly(true);
  }

  @Test
  void should_keep_the_last_parameters_unless_told_to_keep_the_best() {
    count(TrainingPlan.of(4).with(Validation.by(scores(5, 3, 4, 4))));

    assertThat(counter.value()).isEqualTo(4);
    assertThat(counter.told).doesNotContain("reset");
  }

  @Test
  void should_put_the_best_epochs_parameters_back_and_forget_the_state_of_others() {
    count(TrainingPlan.of(5).with(Validation.by(scores(5, 6, 3, 4, 4)).keepingBest()));

    assertThat(counter.value()).isEqualTo(3);
    assertThat(counter.told).endsWith("reset");
  }

  @Test
  void should_put_the_best_epochs_parameters_back_when_training_stops_early() {
    Validation validation =
        Validation.by(scores(5, 3, 4, 1)).stopping(EarlyStopping.after(1)).keepingBest();

    assertThat(count(TrainingPlan.of(4).with(validation))).hasSize(3);
    assertThat(counter.value()).isEqualTo(2);
  }

  @Test
  void should_put_the_best_epochs_parameters_back_when_training_diverges() {
    TrainingListener spoiler =
        new TrainingListener() {
          @Override
          public void batchEnded(BatchEnd batch) {
            if (batch.epoch() == 3) {
              counter.weight.value().fill(Double.NaN);
            }
          }
        };
    TrainingPlan plan = TrainingPlan.of(4).with(Validation.by(scores(5, 3, 4, 1)).keepingBest());

    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> count(plan, spoiler));
    assertThat(counter.value()).isEqualTo(2);
  }

  @Test
  void should_put_the_best_parameters_of_before_back_when_nothing_is_left_to_resume() {
    RnnLanguageModel model = model();
    List<Matrix> best = values(model);
    best.forEach(matrix -> matrix.fill(7));
    trainer(model).resume(BATCHES, TrainingPlan.of(1), afterEpochOne(best));

    assertThat(values(model)).isEqualTo(best);
  }

  @Test
  void should_refuse_to_resume_with_the_best_parameters_of_another_model() {
    RnnLanguageModel model = model();
    int last = model.parameters().size() - 1;
    List<Matrix> fewer = values(model).subList(0, last);
    List<Matrix> firstDiffers = new ArrayList<>(values(model));
    firstDiffers.set(0, new Matrix(1, 1));
    List<Matrix> lastDiffers = new ArrayList<>(values(model));
    lastDiffers.set(last, new Matrix(1, 1));

    for (List<Matrix> best : List.of(fewer, firstDiffers, lastDiffers)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer(model).resume(BATCHES, TrainingPlan.of(2), afterEpochOne(best)))
          .withMessageStartingWith(
              "resume: the best epoch's parameters do not fit the model [embed.w (5x3), ");
    }
    assertThat(values(model)).isEqualTo(values(model()));
  }

  private static TrainingProgress afterEpochOne(List<Matrix> best) {
    return new TrainingProgress(2, 0, 0, new TrainingProgress.Judgement(1, 1, 0, best));
  }

  @Test
  void should_keep_the_parameters_when_no_score_was_finite() {
    double infinity = Double.POSITIVE_INFINITY;
    count(TrainingPlan.of(2).with(Validation.by(scores(infinity, infinity)).keepingBest()));

    assertThat(counter.value()).isEqualTo(2);
  }

  @Test
  void should_stop_at_a_score_that_is_no_number() {
    TrainingPlan plan = TrainingPlan.of(2).with(Validation.by(scores(1, Double.NaN)));

    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> count(plan))
        .withMessageStartingWith("the validation score is NaN at epoch 2, iteration 1: ");
  }

  @Test
  void should_be_in_training_again_when_the_score_cannot_be_taken() {
    Validation broken =
        Validation.by(
            () -> {
              throw new IllegalStateException("no held-out text");
            });

    assertThatIllegalStateException().isThrownBy(() -> count(TrainingPlan.of(1).with(broken)));
    assertThat(counter.told).endsWith("use", "training");
  }

  @Test
  void should_leave_a_training_the_same_bit_by_bit() {
    RnnLanguageModel alone = model();
    trainer(alone).train(BATCHES, 3);

    RnnLanguageModel byPerplexity = model();
    Validation perplexity = Validation.by(() -> byPerplexity.perplexity(HELD_OUT));
    trainer(byPerplexity).train(BATCHES, TrainingPlan.of(3).with(perplexity));
    assertThat(values(byPerplexity)).isEqualTo(values(alone));

    RnnLanguageModel byLoss = model();
    Validation loss = Validation.byLoss(byLoss, new BpttBatches(HELD_OUT, 1, 4));
    trainer(byLoss).train(BATCHES, TrainingPlan.of(3).with(loss));
    assertThat(values(byLoss)).isEqualTo(values(alone));
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void metrics_should_leave_a_training_the_same_bit_by_bit(Readout readout) {
    for (boolean both : new boolean[] {false, true}) {
      SequenceDescription tagger =
          SequenceDescription.classifier(Input.features(2), 4, 3)
              .withReadout(readout)
              .withDropout(0.4);
      SequenceDescription d = both ? tagger.inBothDirections(Merge.ADD) : tagger;
      assertThat(classify(d, true)).isEqualTo(classify(d, false));
      SequenceDescription values =
          d.withOutput(both ? new Output.Quantiles(1, List.of(0.2, 0.5)) : new Output.Values(1));
      assertThat(regress(values, true)).isEqualTo(regress(values, false));
    }
  }

  private static List<Matrix> classify(SequenceDescription d, boolean validated) {
    RandomState random = new RandomState(4);
    SequenceClassifier model = new SequenceClassifier(d, random);
    int answers = d.readout() == Readout.EVERY ? 3 : 1;
    Batches<LabelledSequences> batches =
        new DrawnBatches<>(
            4,
            random, // the masks' too: whatever is drawn besides would be seen
            r ->
                new LabelledSequences(
                    Sequences.of(r.randn(2, 3, 2), new int[] {3, 1}),
                    new int[][] {r.randint(0, 3, answers), r.randint(0, 3, answers)}));
    List<Double> scores = new ArrayList<>();
    Validation byF1 =
        Validation.by(
            () -> {
              scores.add(1 - ClassificationMetrics.of(model, batches).macroF1());
              return scores.get(scores.size() - 1);
            });
    TrainingPlan plan = TrainingPlan.of(3);
    new Trainer<>(model, new Adam(0.05), GradientClipping.byGlobalNorm(1))
        .train(batches, validated ? plan.with(byF1) : plan);
    assertThat(scores).hasSize(validated ? 3 : 0).allMatch(score -> score >= 0 && score <= 1);
    return model.parameters().stream().map(p -> p.value().copy()).toList();
  }

  private static List<Matrix> regress(SequenceDescription d, boolean validated) {
    RandomState random = new RandomState(5);
    SequenceRegressor model = new SequenceRegressor(d, random);
    int answers = d.readout() == Readout.EVERY ? 3 : 1;
    Batches<SequenceTargets> batches =
        new DrawnBatches<>(
            4,
            random,
            r -> new SequenceTargets(r.randn(2, 3, 2), new int[] {3, 1}, r.randn(2, answers, 1)));
    TrainingPlan plan = TrainingPlan.of(3);
    Validation byError = Validation.by(() -> RegressionMetrics.of(model, batches).mae());
    new Trainer<>(model, new Adam(0.05), GradientClipping.byGlobalNorm(1))
        .train(batches, validated ? plan.with(byError) : plan);
    return model.parameters().stream().map(p -> p.value().copy()).toList();
  }

  @Test
  void held_out_batches_should_be_the_same_each_time_and_draw_nothing() {
    RandomState random = new RandomState(3);
    SequenceDescription dropping =
        SequenceDescription.regressor(Input.features(2), 8, 1).withDropout(0.5);
    SequenceRegressor model = new SequenceRegressor(dropping, random);
    Validation validation = Validation.byLoss(model, new AddingProblem(4).batches(2, 3, random));
    RandomState.State before = random.state();
    double score = validation.score().getAsDouble();

    assertThat(validation.score().getAsDouble()).isEqualTo(score);
    assertThat(random.state()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void should_give_the_model_that_so_many_epochs_give(int best) {
    RnnLanguageModel model = model();
    int[] epoch = {0};
    Validation validation = Validation.by(() -> Math.abs(++epoch[0] - best)).keepingBest();
    trainer(model).train(BATCHES, TrainingPlan.of(4).with(validation));

    RnnLanguageModel stopped = model();
    trainer(stopped).train(BATCHES, best);
    assertThat(values(model)).isEqualTo(values(stopped));
  }

  @Test
  void should_take_the_mean_loss_of_held_out_batches_from_a_reset_state() {
    RnnLanguageModel model = model();
    BpttBatches heldOut = new BpttBatches(HELD_OUT, 1, 4);
    List<EpochEnd> ends =
        trainer(model).train(BATCHES, TrainingPlan.of(2).with(Validation.byLoss(model, heldOut)));

    RnnLanguageModel byHand = model();
    trainer(byHand).train(BATCHES, 2);
    byHand.resetState();
    byHand.setTraining(false);
    double total = 0;
    for (int i = 0; i < heldOut.iterations(); i++) {
      total += byHand.forward(heldOut.batch(i));
    }
    assertThat(ends.get(1).validation()).hasValue(total / heldOut.iterations());
  }

  @Test
  void should_be_content_with_one_held_out_batch() {
    assertThat(Validation.byLoss(counter, batches("only")).score().getAsDouble()).isEqualTo(1);
  }

  @Test
  void should_reset_the_state_of_held_out_batches_where_a_new_text_starts() {
    Validation validation = Validation.byLoss(counter, batches("a", "new b", "c"));

    assertThat(validation.score().getAsDouble()).isEqualTo(1);
    assertThat(counter.told).containsExactly("use", "reset", "a", "reset", "new b", "c");
  }

  @Test
  void should_reset_the_state_where_a_new_text_starts() {
    new Trainer<>(counter, new Sgd(1), GradientClipping.none())
        .train(batches("new a", "b", "new c", "d"), 1);

    assertThat(counter.told)
        .containsExactly("training", "reset", "new a", "b", "reset", "new c", "d");
  }

  @Test
  void should_refuse_a_patience_without_a_meaning() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EarlyStopping.after(0))
        .withMessage("EarlyStopping: patience must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EarlyStopping(1, -0.1))
        .withMessage("EarlyStopping: the least gain must be at least 0 and finite, not -0.1");
    assertThatIllegalArgumentException().isThrownBy(() -> new EarlyStopping(1, Double.NaN));
  }
}
