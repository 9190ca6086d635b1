package io.github.unroll.job;

import io.github.unroll.io.checkpoint.Notes;

/** The settings of a classifier as notes of its model, and back. */
final class ClassifyNotes {

  private static final String CLASSIFY = "classify";

  private final Notes notes;
  private final JobNotes texts;

  ClassifyNotes(Notes notes) {
    this.notes = notes;
    this.texts = JobNotes.read(CLASSIFY, notes);
  }

  static Notes of(ClassifySettings s, TableClassifier.Reading reading) {
    JobNotes texts =
        JobNotes.of(CLASSIFY)
            .put("group", s.group())
            .put("label", s.label())
            .put("columns", reading.columns())
            .put("every row", s.everyRow())
            .put("balanced", s.balanced())
            .put("hidden", s.hidden())
            .put("epochs", s.epochs())
            .put("seed", s.seed());
    s.words().ifPresent(column -> texts.put("words", column));
    return texts.notes();
  }

  ClassifySettings settings() {
    return new ClassifySettings(
        texts.text("group"),
        texts.text("label"),
        texts.columns().names(),
        texts.find("words"),
        texts.is("every row"),
        texts.is("balanced"),
        texts.integer("hidden"),
        texts.integer("epochs"),
        Long.parseLong(texts.text("seed")));
  }

  TableClassifier.Reading reading() {
    return new TableClassifier.Reading(texts.columns(), notes.vocabulary().orElse(null));
  }
}
