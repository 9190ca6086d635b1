package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FailureTest {

  private final StringWriter err = new StringWriter();
  private final CommandLine command = Main.commandLine(() -> 0).setErr(new PrintWriter(err, true));

  @Test
  void should_not_disguise_a_bug() {
    IllegalArgumentException bug = new IllegalArgumentException("matmul: inner dimensions differ");

    assertThatThrownBy(
            () ->
                Failure.unlessDone(
                    () -> {
                      throw bug;
                    }))
        .isSameAs(bug);
    assertThatThrownBy(() -> Main.failed(bug, command)).isSameAs(bug);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void should_say_in_one_line_what_a_persons_choice_makes_impossible() throws Exception {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(
            () ->
                Failure.unlessMade(
                    "--prompt: ",
                    () -> {
                      throw new IllegalArgumentException("unknown word\nand more");
                    }))
        .withMessage("--prompt: unknown word");
    assertThat(Main.failed(new Failure("no such file", null), command)).isEqualTo(1);
    assertThat(err.toString()).isEqualTo(String.format(Locale.ROOT, "unroll: no such file%n"));
  }

  @Test
  void should_say_why_there_is_no_such_kernel_and_pass_on_any_other_broken_class() {
    Error noKernel =
        new ExceptionInInitializerError(new IllegalStateException("there is no Vector API"));
    Error bug = new ExceptionInInitializerError(new ArithmeticException("/ by zero"));

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Failure.unlessDone(() -> fail(noKernel)))
        .withMessage("there is no Vector API");
    assertThatThrownBy(() -> Failure.unlessDone(() -> fail(bug))).isSameAs(bug);
  }

  private static void fail(Error error) {
    throw error;
  }

  @Test
  void should_say_what_the_system_refuses() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(
            () ->
                Failure.unlessDone(
                    () -> {
                      throw new AccessDeniedException("text.txt");
                    }))
        .withMessage("text.txt: access denied");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(
            () ->
                Failure.unlessDone(
                    () -> {
                      throw new OutOfMemoryError("Java heap space");
                    }))
        .withMessage(
            "out of memory (Java heap space); take smaller sizes or a larger heap, java -Xmx");
  }

  @Test
  void a_shortage_of_threads_should_not_be_called_one_of_heap() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(
            () ->
                Failure.unlessDone(
                    () -> {
                      throw new OutOfMemoryError("unable to create native thread: limit reached");
                    }))
        .withMessage(
            "no more threads (unable to create native thread: limit reached); raise the limit of"
                + " processes, ulimit -u");
  }
}
