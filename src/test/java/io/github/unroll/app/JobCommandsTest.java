package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.data.Table;
import io.github.unroll.job.MadeData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program's whole jobs: from a CSV file to a kept model that is used. */
class JobCommandsTest {

  @TempDir Path folder;

  private Path file(String name) {
    return folder.resolve(name);
  }

  private Path csv(String name, Table table) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(CsvLine.of(table.names()));
    for (int r = 0; r < table.rows(); r++) {
      int row = r;
      lines.add(CsvLine.of(table.names().stream().map(c -> table.texts(c).get(row)).toList()));
    }
    return Files.write(file(name), lines);
  }

  private static ProgramRun run(String commandLine) {
    return ProgramRun.of(commandLine);
  }

  private String forecast() {
    return "forecast --data="
        + file("sales.csv")
        + " --time=date --target=sales --horizon=48 --hidden=4 --epochs=2";
  }

  @Test
  void should_forecast_a_series_keep_the_model_and_draw_it() throws IOException {
    Table table = MadeData.sales(1, 400);
    csv("sales.csv", table);
    ProgramRun run =
        run(forecast() + " --save=" + file("sales.model") + " --chart=" + file("sales.svg"));

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .startsWith("on the last 20 %, which was not learned:")
        .contains("network", "last value", "last season (7)", "inside the 90 % interval")
        .contains("model: " + file("sales.model"), "chart: " + file("sales.svg"));
    assertThat(file("sales.svg")).content().contains("<svg");

    ProgramRun predicted =
        run("predict --model=" + file("sales.model") + " --data=" + file("sales.csv"));
    assertThat(predicted.err()).isEmpty();
    assertThat(predicted.outLines()).hasSize(49);
    assertThat(predicted.outLines().get(0)).isEqualTo("date,sales,low,high");
    String last = table.texts("date").get(table.rows() - 1);
    assertThat(predicted.outLines().get(1)).isGreaterThan(last);
  }

  @Test
  void should_say_plainly_whether_the_network_is_worth_it() throws IOException {
    csv("sales.csv", MadeData.sales(2, 700));
    assertThat(run(forecast().replace("--epochs=2", "--epochs=40")).out())
        .contains("the network beats the naive forecasts");
    List<String> equal = new ArrayList<>(List.of("date,sales"));
    for (int t = 0; t < 300; t++) {
      equal.add(LocalDate.of(2024, 1, 1).plusDays(t) + ",5");
    }
    Files.write(file("sales.csv"), equal);
    assertThat(run(forecast()).out()).contains("the network does NOT beat every naive forecast");
  }

  @Test
  void should_classify_sequences_and_label_new_ones() throws IOException {
    Table table = MadeData.gestures(1, 80);
    Path data = csv("gestures.csv", table);
    Path model = file("gestures.model");
    ProgramRun run =
        run("classify --data=" + data + " --group=id --label=name --epochs=25 --save=" + model);

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("on 20 % of the sequences, which were not learned:")
        .contains("precision", "accuracy", "circle")
        .contains("model: " + model);

    ProgramRun labelled = run("predict --model=" + model + " --data=" + data);
    assertThat(labelled.outLines().get(0))
        .isEqualTo("id,name,probability of circle,probability of line,probability of wave");
    assertThat(labelled.outLines()).hasSize(81);
    long right =
        labelled.outLines().stream()
            .skip(1)
            .map(line -> line.split(","))
            .filter(c -> c[1].equals(kind(Integer.parseInt(c[0].substring(1)))))
            .count();
    assertThat(right).isGreaterThan(70);
  }

  private static String kind(int i) {
    return i % 10 == 0 ? "wave" : i % 2 == 0 ? "circle" : "line";
  }

  @Test
  void should_tag_every_row() throws IOException {
    Path data = csv("words.csv", MadeData.sentences(1, 60));
    Path model = file("words.model");
    String options =
        " --group=sentence --label=tag --words=word --every-row --epochs=20 --hidden=8";
    assertThat(run("classify --data=" + data + options + " --save=" + model).exitCode()).isZero();
    ProgramRun tagged = run("predict --model=" + model + " --data=" + data);
    assertThat(tagged.outLines().get(0)).startsWith("row,sentence,tag,probability of D");
    assertThat(tagged.outLines().get(1)).startsWith("1,s0,P,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|the file is empty",
        "date,sales|has a header, [date, sales], and no row under it",
        "day,sales\\n2024-01-01,1|no column 'date'",
        "date,sales\\n2024-01-01,1\\n2024-01-02,many|\"many\"",
        "date,sales\\n2024-01-02,1\\n2024-01-01,2|does not come after",
        "date,sales\\n2024-01-01,1\\n2024-01-01,2|does not come after",
        "date,sales\\n2024-01-01,1\\n2024-01-02,2,3|line 3",
        "date,sales\\n2024-01-01,1\\n2024-01-02,2|too few",
        "date,sales\\nyesterday,1\\ntoday,2|\"yesterday\"",
      })
  void should_refuse_a_table_that_cannot_be_forecast(String text, String why) throws IOException {
    Files.writeString(file("sales.csv"), text.replace("\\n", "\n"));
    run(forecast()).assertFailsInOneLine(why);
  }

  @Test
  void should_refuse_options_that_cannot_be() throws IOException {
    csv("sales.csv", MadeData.sales(1, 200));
    run(forecast() + " --held-out=2").assertWrongUse("--held-out must be between 0 and 1, not 2.0");
    run(forecast() + " --interval=0").assertWrongUse("--interval must be between 0 and 1, not 0.0");
    run(forecast() + " --season=0").assertWrongUse("--season must be at least 1, not 0");
    run(forecast() + " --chart=a.gif").assertWrongUse("ends neither in .png nor in .svg");
    run(forecast() + " --known=date").assertFailsInOneLine("column 'date' is named twice");
  }

  // ---- models of other libraries ----

  private static final Path MODELS = Path.of("src/test/resources/models");

  @Test
  void should_run_convert_and_inspect_an_onnx_model() throws IOException {
    Path model = MODELS.resolve("onnx/export_lm_op13.onnx");
    Path data = Files.writeString(file("ids.csv"), "id\n1\n2\n3\n");
    ProgramRun run = run("predict --model=" + model + " --data=" + data);
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines()).hasSize(4);
    assertThat(run.outLines().get(0)).startsWith("sequence,step,value 1,value 2");

    Path own = file("own.safetensors");
    ProgramRun converted = run("convert " + model + " " + own);
    assertThat(converted.err()).isEmpty();
    assertThat(converted.out()).contains("LSTM").contains("model: " + own);
    ProgramRun again = run("predict --model=" + own + " --data=" + data);
    assertThat(again.outLines()).hasSize(4);
    assertClose(again.outLines().get(3), run.outLines().get(3));

    assertThat(run("inspect " + model).out()).contains("LSTM", "Gather");
  }

  @Test
  void should_run_convert_and_inspect_a_keras_model() throws IOException {
    Path model = MODELS.resolve("keras/lm.keras");
    ProgramRun inspected = run("inspect " + model);
    assertThat(inspected.out()).contains("Embedding", "LSTM", "Dense");
    Path data = Files.writeString(file("ids.csv"), "id\n1\n2\n3\n1\n2\n3\n");
    Path own = file("own.safetensors");
    ProgramRun converted = run("convert " + model + " " + own);
    assertThat(converted.err()).isEmpty();
    ProgramRun run = run("predict --model=" + own + " --data=" + data);
    assertThat(run.err()).isEmpty();
  }

  private static void assertClose(String line, String other) {
    String[] a = line.split(",");
    String[] b = other.split(",");
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.length; i++) {
      assertThat(Double.parseDouble(a[i]))
          .isCloseTo(Double.parseDouble(b[i]), org.assertj.core.data.Offset.offset(1e-12));
    }
  }

  @Test
  void should_say_what_a_file_is_that_cannot_be_run() {
    Path torch = MODELS.resolve("pt/lm_lstm.pt");
    run("predict --model=" + torch + " --data=" + torch)
        .assertFailsInOneLine("no model that can be run, but a PyTorch file");
    Path conv = MODELS.resolve("onnx/refuse_conv.onnx");
    run("predict --model=" + conv + " --data=" + conv).assertFailsInOneLine("Conv");
    run("convert " + conv + " " + file("own.safetensors")).assertFailsInOneLine("Conv");
    run("convert " + torch + " " + file("own.onnx")).assertWrongUse("own.onnx");
  }
}
