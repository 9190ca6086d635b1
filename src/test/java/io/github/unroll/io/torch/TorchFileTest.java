package io.github.unroll.io.torch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.unroll.Allocation;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles by hand, for what the files in models/pt do not have. */
class TorchFileTest {

  /** A tensor [1, 2, 3, 4, 5, 6]: storage, offset, sizes and strides. */
  private static final String TENSOR = tensor("K\0", "K\6\u0085", "K\1\u0085");

  @TempDir private Path folder;

  private static String global(String module, String name) {
    return "c" + module + "\n" + name + "\n";
  }

  private static String storage() {
    return "(U\7storage" + global("torch", "FloatStorage") + "U\0010U\3cpuK\6tQ";
  }

  private static String tensor(String offset, String sizes, String strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        + ("(" + storage() + offset + sizes + strides + "\u0089")
        + (global("collections", "OrderedDict") + ")RtR");
  }

  /** A file with this pickle and a storage of six numbers. */
  private Path file(String pickle) throws IOException {
    Path file = folder.resolve("x.pt");
    ByteBuffer numbers = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 1; i <= 6; i++) {
      numbers.putFloat(i);
    }
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("x/data.pkl"));
      zip.write(pickle.getBytes(ISO_8859_1));
      zip.putNextEntry(new ZipEntry("x/data/0"));
      zip.write(numbers.array());
    }
    return file;
  }

  private static void assertRefused(Path file, String why) {
    assertThatIOException()
        .isThrownBy(() -> TorchFile.read(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(why);
    assertThatIOException()
        .isThrownBy(() -> TorchFile.list(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(why);
  }

  // ---- what Python and PyTorch of other times write ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        // OrderedDict of pairs, as Python 2 does it
        "\u0080\2ccollections\nOrderedDict\n](](U\1wTENSORee\u0085R.",
        // one that is built up in other ways
        "(U\1wTENSORd.",
        "}U\1wTENSORs.",
        "}S'w'\nTENSORs.",
        "}2(U\1wTENSORu.",
        "(icollections\nOrderedDict\nU\1wTENSORs.",
        "ccollections\nCounter\n}\u0085R(U\1wTENSORu.",
        "}(U\1wTENSORu}U\1aNsb.",
        // a parameter with attributes, and a tensor with them
        "}U\1wctorch._utils\n_rebuild_parameter_with_state\n(TENSOR\u0088}}tRs.",
        "}U\1wctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_parameter\n"
            + "ctorch.nn.parameter\nParameter\n(TENSOR\u0088}t}tRs.",
      })
  void should_read_a_tensor_however_it_was_pickled(String pickle) throws IOException {
    Map<String, StoredArray> tensors = TorchFile.read(file(pickle.replace("TENSOR", TENSOR)));
    assertThat(tensors).containsOnlyKeys("w");
    assertThat(tensors.get("w").doubles()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "N|None",
        "\u0088|True",
        "\u0089|False",
        "J\u00fe\u00ff\u00ff\u00ff|-2",
        "M\0\1|256",
        "\u008a\0|0",
        "\u008a\1\u0080|-128",
        "\u008a\11\0\0\0\0\0\0\0\0\1|18446744073709551616",
        "\u008b\2\0\0\0\0\1|256",
        "G?\u00f8\0\0\0\0\0\0|1.5",
        "ctorch\ndevice\n(U\4cudaK\1tR|[\"cuda\", 1]",
        "ctorch\nSize\nK\2K\3\u0086\u0085R|[2, 3]",
        "ctorch\nbfloat16\n|torch.bfloat16",
        "c__builtin__\nset\n](K\1K\2e\u0085R|[1, 2]",
        "\u008f(K\1\u0090|[1]",
        "(K\1\u0091|[1]",
        "(K\1K\2l|[1, 2]",
        "c_codecs\nencode\nU\2abU\6latin1\u0086R|ab",
        "cbuiltins\nbytearray\nC\2ab\u0085R|2 bytes",
        "cbuiltins\ncomplex\nG?\u00f8\0\0\0\0\0\0K\2\u0086R|[1.5, 2]",
        "C\3abc|3 bytes",
        "B\3\0\0\0abc|3 bytes",
        "\u0096\3\0\0\0\0\0\0\0abc|3 bytes",
        "\u008d\2\0\0\0\0\0\0\0ab|ab",
        "T\2\0\0\0ab|ab",
        "U\5a \"q\"|a \"q\"",
        "K\7q\1" + "0h\1|7",
        "K\7K\10" + "0|7",
        "K\7(K\10K\11" + "1|7",
        "](K\1Ne|[1, None]",
        "STORAGE|storage 0",
      })
  void should_tell_plain_values_as_text(String valueAndText) throws IOException {
    String value = valueAndText.substring(0, valueAndText.lastIndexOf('|'));
    String text = valueAndText.substring(value.length() + 1);
    String pickle = "}U\1v" + value.replace("STORAGE", storage()) + "s.";
    FileListing listing = TorchFile.list(file(pickle));
    assertThat(listing.metadata()).containsExactly(Map.entry("v", text));
    assertThat(listing.entries()).isEmpty();
  }

  @Test
  void should_name_values_by_keys_of_any_plain_type() throws IOException {
    FileListing listing =
        TorchFile.list(file("}(K\3K\1NK\2\u0088K\3K\1K\2\u0086K\4U\1a}U\1bK\5su."));
    assertThat(listing.metadata())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("3", "1", "None", "2", "True", "3", "[1, 2]", "4", "a.b", "5"));
  }

  @Test
  void should_tell_only_the_size_of_an_integer_of_very_many_digits() throws IOException {
    String integer = "\u008b\0\4\0\0" + "\1".repeat(1024);
    assertThat(TorchFile.list(file("}U\1v" + integer + "s.")).metadata())
        .containsValue("an integer of 8185 bits");
  }

  // ---- views ----

  @Test
  void should_lay_a_view_out_row_major() throws IOException {
    String turned = tensor("K\0", "K\3K\2\u0086", "K\1K\3\u0086");
    String repeated = tensor("K\4", "K\2K\2\u0086", "K\0K\1\u0086");
    Map<String, StoredArray> tensors =
        TorchFile.read(file("}(U\1a" + turned + "U\1b" + repeated + "u."));
    assertThat(tensors.get("a").doubles()).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(tensors.get("b").doubles()).containsExactly(5, 6, 5, 6);
    assertThat(tensors.get("b").shape()).containsExactly(2, 2);
  }

  @Test
  void should_refuse_a_small_file_whose_views_would_fill_the_memory() throws Exception {
    String million = "J\100\102\17\0"; // 1,000,000
    String view = tensor("K\0", million + "\u0085", "K\0\u0085");
    assertThat(TorchFile.read(file("](" + view.repeat(4) + "e."))).hasSize(4);
    Path file = file("](" + view.repeat(5) + "e.");
    assertThat(Allocation.of(() -> assertRefused(file, "far too often"))).isLessThan(4_000_000);
  }

  @Test
  void should_give_a_marked_view_no_values() throws IOException {
    String marked =
        global("torch._utils", "_rebuild_tensor_v2")
            + ("(" + storage() + "K\0K\6\u0085K\1\u0085\u0089}}U\3neg\u0088stR");
    StoredArray tensor = TorchFile.read(file("}U\1w" + marked + "s.")).get("w");
    assertThat(tensor.isReadable()).isFalse();
    assertThat(tensor.unread()).contains("tensor \"w\"", "resolve_neg");
  }

  // ---- what no file of PyTorch has ----

  @Test
  void should_not_walk_a_list_that_doubles_itself_fifty_times() throws Exception {
    Path file = file("]" + "q\0" + "](h\0h\0eq\0".repeat(50) + ".");
    assertThat(Allocation.of(() -> assertRefused(file, "repeats one very often")))
        .isLessThan(4_000_000);
  }

  @Test
  void should_not_copy_the_same_pairs_again_and_again() throws IOException {
    StringBuilder some = new StringBuilder();
    for (char key = 0; key < 100; key++) {
      some.append('K').append(key).append("K\2\u0086");
    }
    String pairs = "](" + some + "eq\0" + "0";
    String copies = "ccollections\nOrderedDict\nq\1" + "0](" + "h\1h\0\u0085R".repeat(100) + "e.";
    assertRefused(file(pairs + copies), "is damaged");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "K\1U\1aTENSORs.|is damaged",
        "}}K\1s.|a key that is no text",
        "}TENSORK\1s.|a key that is no text",
        "K\1}b.|is damaged",
        "}K\1b.|is damaged",
        "ctorch\nTensor\nK\1\u0085R.|is damaged",
        "(U\7storagectorch\n"
            + "FloatStorage\n"
            + "U\0010U\3cpuJ\u00ff\u00ff\u00ff\u00fftQ.|is no row of numbers",
        "(U\7storagectorch\nTensor\nU\0010U\3cpuK\1tQ.|is no row of numbers",
        "}U\1aSTORAGEs(U\7storagectorch\nLongStorage\nU\0010U\3cpuK\6tQ.|is declared in two ways",
        "ctorch\nfloat32\n)R.|is damaged",
        "ctorch._tensor\n_rebuild_from_type_v2\nq\0(h\0h\0h\0NtR.|is damaged",
        "K\1K\2\u0093.|is damaged",
      })
  void should_refuse_what_makes_no_sense(String pickleAndWhy) throws IOException {
    int bar = pickleAndWhy.lastIndexOf('|');
    String why = pickleAndWhy.substring(bar + 1);
    assertRefused(
        file(
            pickleAndWhy.substring(0, bar).replace("TENSOR", TENSOR).replace("STORAGE", storage())),
        why);
  }

  @Test
  void should_refuse_two_keys_that_are_one_name() throws IOException {
    assertRefused(file("}(U\0011NK\1Nu."), "has two entries of the key \"1\" in a dictionary");
  }

  /** The hashes of the 200000 keys, integers and numbers by turns, are all the same. */
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void should_come_to_an_end_with_keys_of_one_hash() throws IOException {
    ByteBuffer entries = ByteBuffer.allocate(100_000 * 21);
    for (long i = 0; i < 100_000; i++) {
      long bits = i << 32 | i;
      entries.put((byte) 0x8a).put((byte) 8).putLong(Long.reverseBytes(bits)).put((byte) 'N');
      entries.put((byte) 'G').putLong(bits | 0x4000000040000000L).put((byte) 'N');
    }
    Path file = file("}(" + new String(entries.array(), ISO_8859_1) + "u.");
    assertThat(TorchFile.list(file).metadata())
        .hasSize(200_000)
        .containsEntry("4294967297", "None");
  }

  @Test
  void should_refuse_two_tensors_of_one_name() throws IOException {
    String pickle = "}(U\3a.bTENSORU\1a}U\1bTENSORsu.".replace("TENSOR", TENSOR);
    assertRefused(file(pickle), "has two tensors of the name \"a.b\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cargparse\nNamespace\n)\u0081.|holds a whole module, class argparse.Namespace",
        "}U\4argscargparse\nNamespace\n|"
            + "holds an object of class argparse.Namespace at \"args\", which",
        "cnumpy.core.multiarray\n_reconstruct\n|"
            + "holds the result of calling numpy.core.multiarray._reconstruct, which",
        "ctorch\nQInt8Storage\n|holds a tensor of torch.QInt8Storage, which is not read",
        "ca\nB.\n|holds the result of calling a.B., which",
      })
  void should_say_what_only_python_could_make(String pickleAndWhy) throws IOException {
    int bar = pickleAndWhy.lastIndexOf('|');
    assertRefused(file(pickleAndWhy.substring(0, bar)), pickleAndWhy.substring(bar + 1));
  }

  @Test
  void should_refuse_a_pickle_that_inflates_beyond_reason() throws Exception {
    Path file = file("]".repeat(1 << 20));
    assertThat(Allocation.of(() -> assertRefused(file, "that inflates to"))).isLessThan(2_000_000);
  }
}
