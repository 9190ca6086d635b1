package io.github.unroll.job;

import io.github.unroll.data.FittedScaling;
import io.github.unroll.io.checkpoint.Notes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** Columns in their order, with their scalings if they have some. */
  JobNotes putColumns(String name, List<String> columns, Map<String, FittedScaling> scalings) {
    for (int i = 0; i < columns.size(); i++) {
      put(name + "." + i, columns.get(i));
      put(name + "." + i + ".scaling", scalings.get(columns.get(i)));
    }
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

  List<String> columns(String name) {
    List<String> columns = new ArrayList<>();
    while (find(name + "." + columns.size()).isPresent()) {
      columns.add(text(name + "." + columns.size()));
    }
    return columns;
  }

  Map<String, FittedScaling> scalings(String name) {
    Map<String, FittedScaling> scalings = new LinkedHashMap<>();
    List<String> columns = columns(name);
    for (int i = 0; i < columns.size(); i++) {
      scalings.put(columns.get(i), FittedScaling.of(text(name + "." + i + ".scaling")));
    }
    return scalings;
  }
}
