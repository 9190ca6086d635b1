package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UndecodedTextTest {
  private static final UndecodedText ASCII =
      new UndecodedText("ANSI_X3.4-1968", Map.of("LC_ALL", "", "LC_CTYPE", "C", "LANG", "de_DE"));

  @Test
  void should_find_nothing_wrong_with_what_was_decoded() {
    assertThat(ASCII.refusal(new String[] {"--prompt", "Café ?"}, "/tmp")).isEmpty();
    assertThat(ASCII.refusal(new String[0], "/tmp")).isEmpty();
  }

  @Test
  void should_name_the_argument_and_the_locale_and_say_what_to_do() {
    assertThat(ASCII.refusal(new String[] {"generate", "--prompt", "Caf\ufffd\ufffd"}, "/tmp"))
        .contains(
            "argument 3, \"Caf\ufffd\ufffd\", cannot be decoded in the locale (LC_CTYPE=C,"
                + " character set ANSI_X3.4-1968); start java with LC_ALL=C.UTF-8");
    assertThat(new UndecodedText("US-ASCII", Map.of()).refusal(new String[] {"\ufffd"}, "/tmp"))
        .get()
        .asString()
        .contains("neither LC_ALL nor LC_CTYPE nor LANG is set");
  }

  @Test
  void should_not_advise_the_locale_that_is_set_already() {
    UndecodedText utf8 = new UndecodedText("UTF-8", Map.of("LANG", "en_US.UTF-8"));

    assertThat(utf8.refusal(new String[] {"caf\ufffd"}, "/tmp"))
        .contains(
            "argument 1, \"caf\ufffd\", is not in UTF-8, the character set of the locale"
                + " (LANG=en_US.UTF-8); give it in UTF-8");
  }

  @Test
  void should_refuse_a_working_directory_in_which_no_file_would_be_found() {
    assertThat(ASCII.refusal(new String[] {"inspect", "a.npz"}, "/d\ufffd\ufffdner"))
        .get()
        .asString()
        .startsWith("the working directory, /d\ufffd\ufffdner, cannot be decoded");
  }
}
