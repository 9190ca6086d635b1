package io.github.unroll.job;

import io.github.unroll.data.ScaledColumns;
import io.github.unroll.io.checkpoint.Notes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The notes by which a model's file tells what job it does, each name after the job's. */
final class JobNotes {

  private static final String JOB = "job";

  private final String job;
  private final Map<String, String> texts;

  private JobNotes(String job, Map<String, String> texts) {
    this.job = job;
    this.texts = texts;
  }

  /** Notes to be filled. */
  static JobNotes of(String job) {
    JobNotes notes = new JobNotes(job, new LinkedHashMap<>());
    notes.texts.put(JOB, job);
    return notes;
  }

  /**
   * Notes to be read.
   *
   * @throws IllegalArgumentException if they tell of another job or of none
   */
  static JobNotes read(String job, Notes notes) {
    if (!job.equals(notes.texts().get(JOB))) {
      throw new IllegalArgumentException("its notes tell of no job " + job);
    }
    return new JobNotes(job, notes.texts());
  }

  Notes notes() {
    return Notes.none().with(texts);
  }

  JobNotes put(String name, Object value) {
    texts.put(job + "." + name, value.toString());
    return this;
  }

  Optional<String> find(String name) {
    return Optional.ofNullable(texts.get(job + "." + name));
  }

  String text(String name) {
    return find(name)
        .orElseThrow(
            () -> new IllegalArgumentException("the note " + job + "." + name + " is missing"));
  }

  int integer(String name) {
    return Integer.parseInt(text(name));
  }

  boolean is(String name) {
    return Boolean.parseBoolean(text(name));
  }

  ScaledColumns columns() {
    return ScaledColumns.of(text("columns"));
  }
}
