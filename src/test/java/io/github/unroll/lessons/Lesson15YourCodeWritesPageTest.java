package io.github.unroll.lessons;

import static io.github.unroll.cell.RnnCell.Nonlinearity.RELU;
import static io.github.unroll.cell.RnnCell.Nonlinearity.TANH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import io.github.unroll.train.Trainer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lesson 15. A language model says how likely each next word is. All lessons so far, put together:
 *
 * <pre>{@code
 * ids → embedding → recurrent layer → affine → softmax with loss
 * }</pre>
 *
 * <p>Perplexity is exp(mean loss): among how many equally likely words the model believes to
 * choose.
 */
class Lesson15YourCodeWritesPageTest {

  private static final int V = 4;

  private static final int PLACES = 8;
  private static final int STEPS = 20;
  private static final int EPOCHS = 64;
  private static final double MAX_NORM = 0.5;
  private static final double NO_END = 1e300;

  /** As Writer.java trains, with the library: the numbers and lines are those of the learner. */
  @Test
  void the_page_should_say_what_is_computed() throws IOException {
    LessonPage page = new LessonPage("15-your-code-writes.md");
    TextNet whole = new TextNet(TANH);
    assertThat(whole.letters).as("the number of letters on the page").hasSize(26);
    page.numbers("run", whole.train(STEPS, new Adam(0.003), MAX_NORM));
    List<Double> alone = perplexities(TANH, 1, new Adam(0.003), MAX_NORM);
    page.numbers("no-future", table("whole gradient", whole.perplexities, "dhs[t] alone", alone));
    for (int i = 2; i < alone.size(); i++) {
      assertThat(alone.get(i)).isGreaterThan(whole.perplexities.get(i));
    }
    page.numbers("no-clipping", clipping(whole.perplexities));
    page.numbers("lag", Recall.table());
    page.requireAllChecked();
  }

  private static List<String> clipping(List<Double> clipped) throws IOException {
    List<String> lines = new ArrayList<>();
    List<Double> not = perplexities(TANH, STEPS, new Adam(0.003), NO_END);
    lines.addAll(table("Adam, clipped", clipped, "Adam, not", not));
    assertThat(not.get(not.size() - 1)).isLessThan(1.3);
    clipped = perplexities(TANH, STEPS, new Sgd(0.5), MAX_NORM);
    not = perplexities(TANH, STEPS, new Sgd(0.5), NO_END);
    lines.addAll(table("plain, clipped", clipped, "plain, not", not).subList(1, 3));
    clipped = perplexities(RELU, STEPS, new Sgd(0.5), MAX_NORM);
    not = perplexities(RELU, STEPS, new Sgd(0.5), NO_END);
    lines.addAll(table("relu, clipped", clipped, "relu, not", not).subList(1, 3));
    assertThat(clipped.get(clipped.size() - 1)).isLessThan(1.3);
    assertThat(not.get(not.size() - 1)).isNaN();
    return lines;
  }

  private static List<Double> perplexities(
      RnnCell.Nonlinearity activation, int cut, Optimizer rule, double max) throws IOException {
    TextNet net = new TextNet(activation);
    net.train(cut, rule, max);
    return net.perplexities;
  }

  /** Numbers and lines of the page are those that the program itself prints, letter by letter. */
  @Test
  void the_solved_program_should_print_what_stands_on_the_page(@TempDir Path folder)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    Path java = Path.of(System.getProperty("java.home"), "bin");
    String library = Path.of("target/classes").toAbsolutePath().toString();
    command.addAll(List.of(java.resolve("javac").toString(), "-nowarn", "-proc:none"));
    command.addAll(List.of("-d", folder.toString(), "-cp", library));
    try (Stream<Path> files = Files.list(Path.of("src/exercises/solutions/mine"))) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(command::add);
    }
    assertThat(printed(command)).isEmpty();
    String both = folder + File.pathSeparator + library;
    List<String> lines =
        printed(
            List.of(
                java.resolve("java").toString(),
                "-Dunroll.kernel=plain",
                "-Dunroll.threads=1",
                "-cp",
                both,
                "mine.Writer"));
    assertThat(lines).hasSize(9);
    new LessonPage("15-your-code-writes.md").numbers("run", lines);
  }

  private static List<String> printed(List<String> command)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
    return lines;
  }

  private static List<String> table(
      String name, List<Double> one, String otherName, List<Double> other) {
    StringBuilder heads = new StringBuilder(String.format(Locale.ROOT, "%-16s", "times through"));
    StringBuilder first = new StringBuilder(String.format(Locale.ROOT, "%-16s", name));
    StringBuilder second = new StringBuilder(String.format(Locale.ROOT, "%-16s", otherName));
    for (int i = 0; i < one.size(); i++) {
      heads.append(String.format(Locale.ROOT, "%8d", i == 0 ? 0 : 1 << (i - 1)));
      first.append(String.format(Locale.ROOT, "%8.2f", one.get(i)));
      second.append(String.format(Locale.ROOT, "%8.2f", other.get(i)));
    }
    return List.of(heads.toString(), first.toString(), second.toString());
  }

  /** Writer.java's network, in layers of the library. */
  private static final class TextNet {

    private final String letters;
    private final int[] text;
    private final RandomState random = new RandomState(1);
    private final TimeEmbedding embedding;
    private final TimeRnn rnn;
    private final TimeAffine affine;
    private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Double> perplexities = new ArrayList<>();

    TextNet(RnnCell.Nonlinearity activation) throws IOException {
      String rhyme = rhyme();
      letters =
          rhyme
              .chars()
              .sorted()
              .distinct()
              .mapToObj(letter -> String.valueOf((char) letter))
              .collect(Collectors.joining());
      text = rhyme.chars().map(letters::indexOf).toArray();
      int v = letters.length();
      embedding = new TimeEmbedding(new Parameter("letters", random.randn(v, 16)));
      Matrix wx = random.randn(16, 64).times(1 / Math.sqrt(16));
      Matrix wh = random.randn(64, 64).times(1 / Math.sqrt(64));
      rnn =
          new TimeRnn(
              new RnnCell(
                  new Parameter("wx", wx),
                  new Parameter("wh", wh),
                  new Parameter("b", new Matrix(1, 64)),
                  activation),
              true);
      affine =
          new TimeAffine(
              new Parameter("w", random.randn(64, v).times(1 / Math.sqrt(64))),
              new Parameter("by", new Matrix(1, v)));
      parameters.addAll(embedding.parameters());
      parameters.addAll(rnn.parameters());
      parameters.addAll(affine.parameters());
    }

    private static String rhyme() throws IOException {
      String file = Files.readString(Path.of("src/exercises/solutions/mine/Rhyme.java"));
      String block = file.substring(file.indexOf("\"\"\"") + 4, file.lastIndexOf("\"\"\""));
      return block.stripIndent();
    }

    /** Trains; the gradient goes back through a number of steps only, updates come every STEPS. */
    List<String> train(int cut, Optimizer rule, double max) {
      List<String> lines = new ArrayList<>(List.of("updates  perplexity  a line"));
      BpttBatches batches = new BpttBatches(text, PLACES, cut);
      int blocks = (text.length - 1) / PLACES / STEPS;
      int updates = 0;
      for (int epoch = 0; epoch <= EPOCHS; epoch++) {
        rnn.resetState();
        double sum = 0;
        for (int k = 0; k < blocks; k++) {
          parameters.forEach(Parameter::zeroGrad);
          for (int part = 0; part < STEPS / cut; part++) {
            BpttBatches.Batch batch = batches.batch(k * (STEPS / cut) + part);
            Tensor3 hs = rnn.forward(embedding.forward(batch.xs()));
            sum += loss.forward(affine.forward(hs), batch.ts()) * cut / STEPS / blocks;
            Tensor3 dhs = affine.backward(loss.backward((double) cut / STEPS));
            embedding.backward(rnn.backward(dhs));
          }
          if (epoch > 0) {
            clip(max);
            rule.update(parameters);
            updates++;
          }
        }
        if (Integer.bitCount(epoch) <= 1) {
          perplexities.add(Math.exp(sum));
          lines.add(String.format(Locale.ROOT, "%7d %11.2f  %s", updates, Math.exp(sum), line()));
        }
      }
      return lines;
    }

    /** The learner's rule, without the library's 1e-6. */
    private void clip(double max) {
      double norm = GradientClipping.globalNorm(parameters);
      if (norm > max) {
        for (Parameter p : parameters) {
          Matrix clipped = p.grad().times(max / norm);
          p.grad().copyFrom(clipped);
        }
      }
    }

    private String line() {
      TimeRnn reader = new TimeRnn(rnn.cell(), true);
      StringBuilder line = new StringBuilder();
      int letter = letters.indexOf('\n');
      for (int i = 0; i < 50; i++) {
        Tensor3 scores = affine.forward(reader.forward(embedding.forward(new int[][] {{letter}})));
        Matrix p = scores.step(0);
        p.softmaxRows();
        letter = draw(p, random.rand());
        line.append(letters.charAt(letter) == '\n' ? '/' : letters.charAt(letter));
      }
      return line.toString();
    }

    private static int draw(Matrix p, double u) {
      double sum = 0;
      for (int j = 0; j < p.cols() - 1; j++) {
        sum += p.get(0, j);
        if (u < sum) {
          return j;
        }
      }
      return p.cols() - 1;
    }
  }

  /** The first letter of a sequence is to be said at its end; between them is noise. */
  private static final class Recall {

    private static final int N = 16;
    private static final int H = 16;
    private static final int LETTERS = 4;
    private static final int NOISE = 4;
    private static final int UPDATES = 300;

    static List<String> table() {
      int[] lags = {2, 5, 10, 20, 80};
      StringBuilder heads = new StringBuilder(String.format(Locale.ROOT, "%-14s", "steps between"));
      StringBuilder rnn = new StringBuilder(String.format(Locale.ROOT, "%-14s", "RNN"));
      StringBuilder lstm = new StringBuilder(String.format(Locale.ROOT, "%-14s", "LSTM"));
      for (int lag : lags) {
        heads.append(String.format(Locale.ROOT, "%6d", lag));
        double ofRnn = right(lag, false);
        double ofLstm = right(lag, true);
        rnn.append(String.format(Locale.ROOT, "%6.0f", 100 * ofRnn));
        lstm.append(String.format(Locale.ROOT, "%6.0f", 100 * ofLstm));
        assertThat(ofRnn > 0.95).as("RNN, lag " + lag).isEqualTo(lag <= 5);
        assertThat(ofLstm > 0.95).as("LSTM, lag " + lag).isEqualTo(lag <= 20);
      }
      return List.of(heads.toString(), rnn.toString(), lstm.toString());
    }

    /** The share of right answers after training, in batches never seen before. */
    private static double right(int lag, boolean isLstm) {
      RandomState random = new RandomState(15);
      int gates = isLstm ? 4 : 1;
      TimeEmbedding embedding =
          new TimeEmbedding(new Parameter("letters", random.randn(LETTERS + NOISE, 8)));
      Matrix wx = Initializers.normal(8, gates * H, random);
      Matrix wh = Initializers.normal(H, gates * H, random);
      RecurrentLayer layer =
          isLstm
              ? new TimeLstm(new LstmCell(wx, wh, Initializers.lstmBias(H, 3)))
              : new TimeRnn(new RnnCell(wx, wh, new Matrix(1, H)));
      TimeAffine affine =
          new TimeAffine(
              new Parameter("w", Initializers.normal(H, LETTERS, random)),
              new Parameter("b", new Matrix(1, LETTERS)));
      TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
      List<Parameter> parameters = new ArrayList<>(embedding.parameters());
      parameters.addAll(layer.parameters());
      parameters.addAll(affine.parameters());
      Adam adam = new Adam(0.01);
      int right = 0;
      for (int update = 0; update < UPDATES + 20; update++) {
        int[][] ids = new int[N][lag + 1];
        int[][] labels = new int[N][lag + 1];
        for (int n = 0; n < N; n++) {
          ids[n] = random.randint(LETTERS, LETTERS + NOISE, lag + 1);
          ids[n][0] = random.randint(0, LETTERS);
          Arrays.fill(labels[n], TimeSoftmaxWithLoss.IGNORE);
          labels[n][lag] = ids[n][0];
        }
        parameters.forEach(Parameter::zeroGrad);
        loss.forward(affine.forward(layer.forward(embedding.forward(ids))), labels);
        if (update >= UPDATES) {
          right += hits(loss.probabilities().step(lag), labels, lag);
          continue;
        }
        embedding.backward(layer.backward(affine.backward(loss.backward(1))));
        GradientClipping.byGlobalNorm(1).clip(parameters);
        adam.update(parameters);
      }
      return right / (20.0 * N);
    }

    private static int hits(Matrix p, int[][] labels, int lag) {
      int hits = 0;
      for (int n = 0; n < N; n++) {
        hits += p.get(n, labels[n][lag]) == p.maxOfRow(n) ? 1 : 0;
      }
      return hits;
    }
  }

  /** The words 0 1 0 2 0 3 again and again: after 0 the next word depends on the one before. */
  private static int[] text(int words) {
    int[] period = {0, 1, 0, 2, 0, 3};
    int[] text = new int[words];
    for (int i = 0; i < words; i++) {
      text[i] = period[i % period.length];
    }
    return text;
  }

  private final RnnLanguageModel model = new RnnLanguageModel(V, 8, 16, new RandomState(11));

  @Test
  void untrained_it_knows_nothing() {
    assertThat(model.perplexity(text(100))).isCloseTo(V, within(0.5));
  }

  @Test
  void a_batch_reads_the_text_at_several_places_and_the_target_is_the_next_word() {
    BpttBatches batches = new BpttBatches(text(121), 2, 5);

    BpttBatches.Batch batch = batches.batch(0);

    assertThat(batch.xs()[0]).containsExactly(0, 1, 0, 2, 0);
    assertThat(batch.ts()[0]).containsExactly(1, 0, 2, 0, 3); // one ahead
    assertThat(batch.xs()[1]).containsExactly(0, 1, 0, 2, 0); // 60 words further on
  }

  @Test
  void trained_it_is_nearly_sure_of_each_word_also_where_only_memory_can_tell() {
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(5));

    trainer.train(new BpttBatches(text(601), 4, 10), 20);

    // Who knows only the last word has to guess among 1, 2 and 3 after every 0: √3 = 1.73.
    assertThat(model.perplexity(text(100))).isLessThan(1.1);
  }

  @Test
  void the_same_seed_gives_the_same_model_to_the_last_bit() {
    assertThat(trainedFrom(5)).isEqualTo(trainedFrom(5)).isNotEqualTo(trainedFrom(6));
  }

  private static double trainedFrom(int seed) {
    RnnLanguageModel model = new RnnLanguageModel(V, 8, 16, new RandomState(seed));
    new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(5))
        .train(new BpttBatches(text(121), 4, 5), 2);
    return model.perplexity(text(50));
  }
}
