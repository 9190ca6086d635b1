package io.github.unroll.io.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.unroll.Allocation;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.MemoryChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

/** Any bytes are a file of tensors or give an IOException; and the listing is that of the file. */
class TorchFuzz {

  private static final long MOST_ALLOCATED = 64L << 20;

  /** Loads the classes: Jazzer's changes to them are not the reader's. */
  @BeforeAll
  static void warm_up() throws IOException {
    for (String name : List.of("lm_lstm_deflated.pt", "checkpoint_adam_legacy.pt", "views.pt")) {
      check(Files.readAllBytes(Path.of("src/test/resources/models/pt", name)));
    }
  }

  @FuzzTest(maxDuration = "60s")
  void torch(byte[] bytes) throws Exception {
    assertThat(Allocation.of(() -> check(bytes))).isLessThan(MOST_ALLOCATED);
  }

  private static void check(byte[] bytes) throws IOException {
    try {
      TorchFile file = new TorchFile(new MemoryChannel(bytes), true);
      FileListing listing = file.listing();
      Map<String, StoredArray> tensors = file.tensors();
      assertThat(tensors).hasSameSizeAs(listing.entries());
      for (FileListing.Entry entry : listing.entries()) {
        StoredArray tensor = tensors.get(entry.name());
        assertThat(tensor.typeName()).isEqualTo(entry.type());
        assertThat(tensor.isReadable()).isEqualTo(entry.unread().isEmpty());
        if (tensor.isReadable()) {
          assertThat((long) tensor.size()).isEqualTo(entry.size());
        }
      }
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
