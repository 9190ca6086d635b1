package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.io.checkpoint.CheckpointListener;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.RunningTraining;
import io.github.unroll.io.checkpoint.TrainingCheckpoint;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What train saves: the model, and the training itself, to be gone on with. */
class SavedTrainingTest {
  private static final String TINY = " --batch=4 --steps=5 --hidden=8 --embedding=4";

  @TempDir Path directory;
  private Path text;
  private Path valid;
  private Path model;
  private Path checkpoint;

  @BeforeEach
  void write_texts_of_seven_words_in_turn() throws IOException {
    text = Files.writeString(directory.resolve("text.txt"), wordsInTurn(300));
    valid = Files.writeString(directory.resolve("valid.txt"), wordsInTurn(100));
    model = directory.resolve("model");
    checkpoint = directory.resolve("checkpoint");
  }

  private static String wordsInTurn(int n) {
    return IntStream.range(0, n).mapToObj(i -> "w" + i % 7).collect(Collectors.joining(" "));
  }

  private ProgramRun train(String options) {
    return ProgramRun.of("train --data=" + text + TINY + " " + options);
  }

  private ProgramRun resume(String options) {
    return ProgramRun.of("train --resume --checkpoint=" + checkpoint + " " + options);
  }

  private static List<String> linesWithoutTime(ProgramRun run) {
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return run.outWithoutTime().lines().toList();
  }

  private static List<String> epochLines(ProgramRun run) {
    return linesWithoutTime(run).stream().filter(line -> line.startsWith("epoch ")).toList();
  }

  // ---- the model ----

  @ParameterizedTest
  @ValueSource(
      strings = {"model.npz", "MODEL.NPZ", "m.npy", "m.pt", "m.h5", "m.ONNX", "m.json", "m.png"})
  void should_refuse_a_name_that_promises_another_kind_before_training(String name) {
    Path file = directory.resolve(name);
    for (String option : List.of("--save=", "--checkpoint=")) {
      ProgramRun run = train(option + file);
      run.assertWrongUse(
          option.replace('=', ' ')
              + file
              + ": the ending ."
              + name.toLowerCase(Locale.ROOT).substring(name.indexOf('.') + 1)
              + " promises another kind");
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void should_save_the_trained_model() throws IOException {
    ProgramRun run = train("--epochs=3 --seed=5 --save=" + model);

    assertThat(run.outLines()).last().isEqualTo("model: " + model);
    var saved = ModelFile.load(model, RnnLanguageModel.class);
    String[] heldOut = wordsInTurn(300).substring(3 * 270).split(" ");
    double perplexity =
        saved.model().perplexity(saved.notes().vocabulary().orElseThrow().encode(List.of(heldOut)));
    assertThat(run.out())
        .contains(String.format(Locale.ROOT, "held out: 30 tokens, perplexity %.4f", perplexity));
    assertThat(saved.notes().texts())
        .isEqualTo(Map.of("level", "word", "text", "text.txt", "epoch", "3", "seed", "5"));
  }

  @Test
  void should_refuse_to_save_over_what_it_reads_or_writes_besides() throws IOException {
    Path sameText = Files.createSymbolicLink(directory.resolve("sameText"), text);
    Path chart = Files.createFile(directory.resolve("a.png"));
    Path sameChart = Files.createSymbolicLink(directory.resolve("sameChart"), chart);
    String read = Files.readString(text);

    assertThat(train("--save=" + sameText).exitCode()).isEqualTo(2);
    assertThat(train("--checkpoint=" + sameText + " --resume").exitCode()).isEqualTo(1);
    assertThat(train("--save=" + sameChart + " --chart=" + directory + "/./a.png"))
        .extracting(ProgramRun::err)
        .asString()
        .contains("--save and --chart are one file");
    assertThat(Files.readString(text)).isEqualTo(read);
    assertThat(train("--save=/").err()).contains("is a directory; give a file");
  }

  @Test
  void should_refuse_fewer_epochs_than_there_were() {
    assertThat(train("--epochs=3 --checkpoint=" + checkpoint).exitCode()).isZero();
    ProgramRun run = resume("--epochs=2 --save=" + model);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("--epochs 2: the training in", "has come to epoch 3");
    assertThat(model).doesNotExist();
  }

  @Test
  void should_save_the_best_epochs_model() throws IOException {
    ProgramRun run =
        train(
            "--epochs=12 --optimizer=sgd --learning-rate=6 --save=" + model + " --valid=" + valid);

    var saved = ModelFile.load(model, RnnLanguageModel.class);
    double perplexity =
        saved
            .model()
            .perplexity(
                saved
                    .notes()
                    .vocabulary()
                    .orElseThrow()
                    .encode(List.of(wordsInTurn(100).split(" "))));
    int best = Integer.parseInt(saved.notes().texts().get("epoch"));
    assertThat(best).isLessThan(12);
    assertThat(run.out())
        .contains(
            String.format(
                Locale.ROOT, "best epoch: %d, validation perplexity %.4f;", best, perplexity));
  }

  @Test
  void should_save_the_same_bytes_for_the_same_seed_and_others_for_another() throws IOException {
    train("--epochs=1 --save=" + model);
    byte[] first = Files.readAllBytes(model);
    train("--epochs=1 --save=" + model);
    assertThat(Files.readAllBytes(model)).isEqualTo(first);
    train("--epochs=1 --seed=1 --save=" + model);
    assertThat(Files.readAllBytes(model)).isNotEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--save", "--checkpoint"})
  void should_refuse_a_file_that_cannot_be_written_before_training(String option) {
    Path nowhere = directory.resolve("missing").resolve("file");
    ProgramRun run = train(option + "=" + nowhere);

    run.assertFailsInOneLine(option + " " + nowhere + ": no directory " + nowhere.getParent());
    assertThat(run.out()).isEmpty();
    train(option + "=" + directory).assertFailsInOneLine("is a directory");
  }

  @Test
  void should_leave_an_older_model_alone_if_training_fails() throws IOException {
    Files.writeString(model, "old");
    train("--learning-rate=1e308 --save=" + model).assertFailsInOneLine("lower the learning rate");
    assertThat(model).hasContent("old");
  }

  // ---- the training ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--verbose",
        "--optimizer=sgd --learning-rate=6 --patience=3 --valid=VALID",
        "--optimizer=sgd --learning-rate=6 --schedule=plateau --valid=VALID",
        "--cell=lstm --layers=2 --dropout=0.3 --seed=7 --optimizer=adamw",
        "--cell=gru --clip=0 --tokens=200 --optimizer=rmsprop"
      })
  void should_go_on_as_if_it_had_never_stopped(String options) throws IOException {
    String way = options.replace("VALID", valid.toString());
    ProgramRun undisturbed = train(way + " --epochs=8 --save=" + model);
    byte[] bits = Files.readAllBytes(model);
    Files.delete(model);

    List<String> begun = epochLines(train(way + " --epochs=3 --checkpoint=" + checkpoint));
    ProgramRun rest = resume("--epochs=8 --save=" + model);

    assertThat(Files.readAllBytes(model)).isEqualTo(bits);
    assertThat(rest.outLines()).contains("resumed from " + checkpoint + ": 3 of 8 epochs done");
    List<String> all = epochLines(undisturbed);
    assertThat(begun).isEqualTo(all.subList(0, 3));
    assertThat(epochLines(rest)).isNotEmpty().isEqualTo(all.subList(3, all.size()));
    assertThat(afterEpochs(rest)).isEqualTo(afterEpochs(undisturbed));
  }

  /** What is said of the best epoch, of the text held out and of the model. */
  private static List<String> afterEpochs(ProgramRun run) {
    List<String> lines = linesWithoutTime(run);
    List<String> epochs = epochLines(run);
    return lines.subList(lines.lastIndexOf(epochs.get(epochs.size() - 1)) + 1, lines.size());
  }

  @Test
  void should_go_on_from_the_middle_of_an_epoch() throws Exception {
    String every = "--epochs=4 --checkpoint-every=1 --checkpoint=" + checkpoint;
    List<Path> within = checkpointsWithinEpochsOf("--save=" + model + " " + every);
    byte[] bits = Files.readAllBytes(model);
    byte[] bitsOfCheckpoint = Files.readAllBytes(checkpoint);
    assertThat(within).isNotEmpty();

    for (Path file : List.of(within.get(0), within.get(within.size() - 1))) {
      Files.copy(file, checkpoint, StandardCopyOption.REPLACE_EXISTING);
      ProgramRun rest = resume("--checkpoint-every=5 --save=" + model);
      assertThat(rest.outLines().get(1)).endsWith(" of 13 batches of the next");
      assertThat(Files.readAllBytes(model)).isEqualTo(bits);
      assertThat(Files.readAllBytes(checkpoint)).isEqualTo(bitsOfCheckpoint);
    }
  }

  /** Runs a training and copies its checkpoints meanwhile, as many as can be caught. */
  private List<Path> checkpointsWithinEpochsOf(String options) throws Exception {
    CompletableFuture<ProgramRun> run = CompletableFuture.supplyAsync(() -> train(options));
    List<Path> within = new ArrayList<>();
    while (!run.isDone()) {
      // Before it trains, the program makes an empty file for a moment, to see that it can.
      if (checkpoint.toFile().length() > 0) {
        Path copy = Files.copy(checkpoint, directory.resolve("copy" + within.size()));
        if (TrainingCheckpoint.load(copy).iteration() > 0) {
          within.add(copy);
        } else {
          Files.delete(copy);
        }
      }
    }
    assertThat(run.get().exitCode()).as(run.get().err()).isZero();
    return within;
  }

  @Test
  void should_begin_where_there_is_nothing_to_resume_and_say_so() throws IOException {
    ProgramRun fresh = train("--epochs=2 --resume --checkpoint=" + checkpoint);

    assertThat(fresh.outLines().get(0)).isEqualTo("no " + checkpoint + " yet: the training begins");
    assertThat(epochLines(fresh)).isEqualTo(epochLines(train("--epochs=2")));
    assertThat(TrainingCheckpoint.load(checkpoint).epoch()).isEqualTo(3);
  }

  @Test
  void should_have_nothing_left_to_do_when_all_epochs_are_done() throws IOException {
    train("--epochs=2 --checkpoint=" + checkpoint + " --save=" + model);
    byte[] bits = Files.readAllBytes(model);
    ProgramRun again = resume("--save=" + model);

    assertThat(again.outLines().get(1)).endsWith(": 2 of 2 epochs done");
    assertThat(epochLines(again)).isEmpty();
    assertThat(Files.readAllBytes(model)).isEqualTo(bits);
  }

  @Test
  void should_draw_the_whole_learning_curve_of_a_training_that_was_resumed() throws IOException {
    Path whole = directory.resolve("whole.svg");
    Path resumed = directory.resolve("resumed.svg");
    train("--epochs=6 --valid=" + valid + " --chart=" + whole);
    train("--epochs=2 --valid=" + valid + " --checkpoint=" + checkpoint);
    resume("--epochs=6 --chart=" + resumed);

    assertThat(resumed).hasSameTextualContentAs(whole);
  }

  @Test
  void should_not_overwrite_a_training_by_another() throws IOException {
    train("--epochs=1 --checkpoint=" + checkpoint);
    byte[] before = Files.readAllBytes(checkpoint);

    train("--epochs=1 --seed=1 --checkpoint=" + checkpoint)
        .assertFailsInOneLine("exists already; add --resume to go on with it, or delete it");
    assertThat(Files.readAllBytes(checkpoint)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "--hidden=9, --hidden 9: the training in FILE was begun with 8",
    "--cell=lstm, --cell LSTM: the training in FILE was begun with RNN",
    "--seed=1, --seed 1: the training in FILE was begun with 0",
    "--learning-rate=0.5, --learning-rate 0.5: the training in FILE was begun with 0.01",
    "--tokens=100, --tokens 100: the training in FILE was begun without it",
    "--tie-weights, --tie-weights true: the training in FILE was begun with false",
    "--epochs=5, epochs: 3; not 5",
    "--data=OTHER, 'training text: 270 tokens, CRC-32 '",
    "--valid=VALID, 'validation text: none, not 100 tokens, CRC-32 '"
  })
  void should_name_both_values_if_an_option_contradicts_the_checkpoint(String option, String reason)
      throws IOException {
    Path other = Files.writeString(directory.resolve("other.txt"), wordsInTurn(301));
    train("--epochs=3 --schedule=cosine --learning-rate=0.01 --checkpoint=" + checkpoint);

    resume(option.replace("OTHER", other.toString()).replace("VALID", valid.toString()))
        .assertFailsInOneLine(reason.replace("FILE", checkpoint.toString()).replace(';', ','));
  }

  @Test
  void should_take_the_same_text_from_elsewhere_and_the_same_options_once_more()
      throws IOException {
    train("--epochs=1 --checkpoint=" + checkpoint);
    Path moved = Files.move(text, directory.resolve("moved.txt"));

    resume("--epochs=2").assertFailsInOneLine(text + ": no such file");
    assertThat(resume("--epochs=2 --hidden=08 --data=" + moved).exitCode()).isZero();
  }

  @Test
  void should_refuse_a_text_of_another_vocabulary() throws IOException {
    train("--epochs=1 --tokens=200 --checkpoint=" + checkpoint);
    Files.writeString(text, wordsInTurn(300) + " w8");

    resume("")
        .assertFailsInOneLine(
            "the training has Vocabulary(7 words), the text has another, Vocabulary(8 words)");
  }

  @Test
  void should_say_what_is_wrong_with_a_file_that_is_no_training() throws IOException {
    resume("--checkpoint-every=0").assertWrongUse("--checkpoint-every");
    Files.writeString(checkpoint, "what is this");
    resume("").assertFailsInOneLine("is no .safetensors file but a text");

    train("--epochs=1 --save=" + model);
    Files.copy(model, checkpoint, StandardCopyOption.REPLACE_EXISTING);
    resume("").assertFailsInOneLine("a model without its training");

    Files.delete(checkpoint);
    train("--epochs=1 --checkpoint=" + checkpoint);
    byte[] whole = Files.readAllBytes(checkpoint);
    Files.write(checkpoint, Arrays.copyOf(whole, whole.length - 9));
    resume("")
        .assertFailsInOneLine(
            String.format(
                Locale.ROOT,
                "describes a file of %d bytes, and it has %d",
                whole.length,
                whole.length - 9));
  }

  @Test
  void should_say_so_if_the_training_was_not_begun_by_train() throws IOException {
    RandomState random = new RandomState(0);
    RnnLanguageModel other = new RnnLanguageModel(2, 3, 4, random);
    TrainingProgress.Judgement none =
        new TrainingProgress.Judgement(
            Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0, List.of());
    new CheckpointListener(
            checkpoint,
            1,
            new RunningTraining<>(
                other,
                new BpttBatches(new int[] {0, 1, 0}, 1, 2),
                new Sgd(1),
                new Schedule.Fixed(),
                random))
        .progressed(new TrainingProgress(1, 0, 0, none));

    resume("").assertFailsInOneLine("not by train --checkpoint: its options are not noted");
  }

  @ParameterizedTest
  @CsvSource({
    "hidden, many, its notes are wrong: Invalid value for option '--hidden'",
    "hidden, 9, the training is of a model whose description.hiddenSize is",
    "history, 1.5 x, is not a loss",
    "history, 1.5 0.1 x, For input string",
    "optimizer, sgd, the training was saved with Adam"
  })
  void should_say_what_is_wrong_with_notes(String note, String text, String reason)
      throws IOException {
    train("--epochs=1 --checkpoint=" + checkpoint);
    SafeTensors saved = SafeTensors.read(checkpoint);
    Map<String, String> metadata = new HashMap<>(saved.metadata());
    assertThat(metadata.put("note." + note, text)).isNotNull();
    new SafeTensors(saved.tensors(), metadata).write(checkpoint);

    resume("").assertFailsInOneLine(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--resume", "--checkpoint-every=3", "--save=same --checkpoint=same"})
  void should_call_it_wrong_use(String options) {
    train(options).assertWrongUse(options.replaceAll("[ =].*", ""));
  }
}
