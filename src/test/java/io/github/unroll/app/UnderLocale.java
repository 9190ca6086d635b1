package io.github.unroll.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Runs the program's commands in the locale of this JVM, and writes down all that they say. */
final class UnderLocale {

  private UnderLocale() {}

  /**
   * Goes on with a training, and uses what comes of it.
   *
   * @param args a directory with text.txt, train.st and mixed.npz
   */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    StringBuilder said = new StringBuilder();
    List<String> commands =
        List.of(
            "train --checkpoint=%s/train.st --resume --data=%s/text.txt --epochs=12"
                + " --save=%s/model.safetensors --chart=%s/curve.svg",
            "inspect %s/train.st",
            "inspect %s/mixed.npz",
            "evaluate --model=%s/model.safetensors --data=%s/text.txt",
            "generate --model=%s/model.safetensors --length=20",
            "generate --model=%s/mixed.npz",
            "train --checkpoint=%s/train.st --resume --data=%s/text.txt --epochs=3",
            "train --data=%s/text.txt --tokens=100000",
            "train --data=%s/text.txt --optimizer=RMSPROP --schedule=COSINE --hidden=1000000000",
            "train --save=%s/MODEL.ZIP",
            "train --chart=%s/CURVE.GIF",
            "train --hidden=twelve",
            "train --seed=-1 --hidden=0");
    for (String command : commands) {
      ProgramRun run = ProgramRun.of(false, command.replace("%s", directory.toString()).split(" "));
      said.append(command).append('\n').append(run.exitCode()).append('\n');
      said.append(run.outWithoutTime()).append(run.err()).append('\n');
    }
    Path chart = directory.resolve("curve.svg");
    said.append(Files.exists(chart) ? Files.readString(chart) : "no chart");
    String where = directory.toString();
    Files.writeString(directory.resolve("said"), said.toString().replace(where, "directory"));
    System.out.print(String.format(Locale.getDefault(), "%d", 1));
  }
}
