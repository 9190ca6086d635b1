package io.github.unroll.io.checkpoint;

import io.github.unroll.data.Vocabulary;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Schedule;
import java.util.Map;

/**
 * A training that is under way: all that changes in it, and so all that a {@link
 * TrainingCheckpoint} saves but the place in epoch and text.
 *
 * @param model what is trained
 * @param vocabulary the words that its ids stand for
 * @param optimizer what trains it
 * @param schedule the plan's
 * @param random what the model was made with, where its dropout draws from
 * @param notes texts by name, such as the settings; not copied: a checkpoint has what is in it then
 */
public record RunningTraining(
    RnnLanguageModel model,
    Vocabulary vocabulary,
    Optimizer optimizer,
    Schedule schedule,
    RandomState random,
    Map<String, String> notes) {

  /**
   * A training without notes.
   *
   * @param model what is trained
   * @param vocabulary the words that its ids stand for
   * @param optimizer what trains it
   * @param schedule the plan's
   * @param random what the model was made with, where its dropout draws from
   */
  public RunningTraining(
      RnnLanguageModel model,
      Vocabulary vocabulary,
      Optimizer optimizer,
      Schedule schedule,
      RandomState random) {
    this(model, vocabulary, optimizer, schedule, random, Map.of());
  }
}
