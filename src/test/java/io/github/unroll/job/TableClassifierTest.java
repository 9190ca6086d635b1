package io.github.unroll.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.data.Table;
import io.github.unroll.train.ClassificationMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableClassifierTest {

  private static final ClassifySettings GESTURES = ClassifySettings.of("id", "name");
  private static final ClassifySettings SENTENCES =
      ClassifySettings.of("sentence", "tag").withWords("word").withEveryRow();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void should_tell_sequences_of_different_lengths_apart(long seed) {
    ClassificationMetrics metrics =
        TableClassifier.judge(MadeData.gestures(seed, 200), GESTURES.withTraining(16, 40), 0.25);
    assertThat(metrics.accuracy()).as(metrics.toString()).isGreaterThan(0.9);
    assertThat(metrics.count()).isEqualTo(50);
  }

  @Test
  void should_tag_every_row_by_the_words_around_it() {
    ClassificationMetrics metrics =
        TableClassifier.judge(MadeData.sentences(1, 200), SENTENCES.withTraining(16, 30), 0.25);
    assertThat(metrics.accuracy()).as(metrics.toString()).isGreaterThan(0.98);
  }

  @Test
  void should_give_the_same_bits_from_a_file(@TempDir Path folder) throws IOException {
    for (boolean words : new boolean[] {false, true}) {
      Table table = words ? MadeData.sentences(2, 30) : MadeData.gestures(2, 30);
      ClassifySettings settings =
          (words ? SENTENCES : GESTURES.withFeatures("y", "x").withBalance()).withTraining(4, 2);
      TableClassifier classifier = TableClassifier.train(table, settings);
      Path file = folder.resolve("model" + words);
      classifier.save(file);
      TableClassifier kept = TableClassifier.load(file);
      assertThat(kept.labels()).isEqualTo(classifier.labels());
      List<LabelledGroup> own = classifier.label(table);
      List<LabelledGroup> other = kept.label(table);
      assertThat(other).hasSameSizeAs(own).hasSize(30);
      for (int i = 0; i < own.size(); i++) {
        assertThat(other.get(i).name()).isEqualTo(own.get(i).name());
        assertThat(other.get(i).labels()).isEqualTo(own.get(i).labels());
        assertThat(other.get(i).rows()).isEqualTo(own.get(i).rows());
        assertThat(other.get(i).probabilities().toArray(double[][]::new))
            .isDeepEqualTo(own.get(i).probabilities().toArray(double[][]::new));
      }
    }
  }

  @Test
  void should_need_no_labels_and_no_order_of_columns_and_take_unknown_words() {
    TableClassifier classifier =
        TableClassifier.train(MadeData.sentences(3, 60), SENTENCES.withTraining(8, 10));
    Map<String, List<String>> columns = new LinkedHashMap<>();
    columns.put("word", List.of("they", "zap", "the", "zebra"));
    columns.put("sentence", List.of("a", "a", "a", "a"));
    List<LabelledGroup> labelled = classifier.label(Table.ofTexts(columns));
    assertThat(labelled).hasSize(1);
    assertThat(labelled.get(0).labels()).hasSize(4);
    assertThat(labelled.get(0).rows()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void should_keep_the_rows_of_groups_that_alternate() {
    Map<String, List<String>> columns = new LinkedHashMap<>();
    columns.put("id", List.of("a", "b", "a", "b", "a"));
    columns.put("x", List.of("1", "2", "3", "4", "5"));
    columns.put("name", List.of("p", "q", "p", "q", "p"));
    TableClassifier classifier =
        TableClassifier.train(Table.ofTexts(columns), GESTURES.withTraining(2, 1));
    assertThat(classifier.label(Table.ofTexts(columns)))
        .extracting(LabelledGroup::rows)
        .containsExactly(new int[] {0, 2, 4}, new int[] {1, 3});
  }

  @Test
  void should_refuse_what_cannot_be_learned() {
    Table gestures = MadeData.gestures(1, 20);
    Map<String, List<String>> columns = new LinkedHashMap<>();
    gestures.names().forEach(name -> columns.put(name, new ArrayList<>(gestures.texts(name))));
    columns.get("name").replaceAll(name -> "line");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TableClassifier.train(Table.ofTexts(columns), GESTURES))
        .withMessage("column 'name' has only one label, 'line'; there is nothing to tell apart");
    columns.get("name").set(1, "wave");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TableClassifier.train(Table.ofTexts(columns), GESTURES))
        .withMessage(
            "'g0' has the labels 'line' and 'wave'; if each row has a label of its own, say so");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TableClassifier.train(gestures, ClassifySettings.of("id", "kind")))
        .withMessageContaining("no column 'kind'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TableClassifier.train(gestures, GESTURES.withFeatures("x", "name")))
        .withMessage("ClassifySettings: column 'name' is named twice");
    columns.get("x").set(3, "fast");
    columns.put("name", gestures.texts("name"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TableClassifier.train(Table.ofTexts(columns), GESTURES))
        .withMessageContaining("column 'x'")
        .withMessageContaining("fast");
  }

  @Test
  void should_refuse_a_model_of_another_job(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("forecast.model");
    Forecaster.train(
            MadeData.sales(1, 200),
            ForecastSettings.of("sales", 5).withTime("date").withTraining(2, 1))
        .save(file);
    assertThatIOException()
        .isThrownBy(() -> TableClassifier.load(file))
        .withMessageStartingWith(file + ": ");
  }
}
