package io.github.unroll.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll.FreshJvm;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory that kernels work in is one call's at a time, and no thread's. */
class ScratchTest {

  private static final int MANY = 10_000;
  private static final int CALLERS = 4;

  private static final class Piece extends Kernel.Scratch {
    private final AtomicInteger users = new AtomicInteger();
  }

  private static final class Pieces extends Kernel.Scratch.Pool<Piece> {
    private final AtomicInteger made = new AtomicInteger();

    @Override
    protected Piece make() {
      made.incrementAndGet();
      return new Piece();
    }
  }

  @Test
  void one_call_after_another_should_get_the_same_whatever_the_thread() throws Exception {
    Pieces pieces = new Pieces();
    for (int i = 0; i < 100; i++) {
      Thread thread = new Thread(() -> pieces.take().giveBack());
      thread.start();
      thread.join();
    }
    assertThat(pieces.made).hasValue(1);
  }

  @Test
  void what_is_lent_should_not_be_lent_again_and_only_so_much_be_kept() {
    Pieces pieces = new Pieces();
    Set<Piece> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < MANY; i++) {
      assertThat(taken.add(pieces.take())).isTrue();
    }
    taken.forEach(Piece::giveBack);
    Set<Piece> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    int before = pieces.made.get();
    while (pieces.made.get() == before) {
      kept.add(pieces.take());
    }
    assertThat(kept.size() - 1).isEqualTo(4 * Runtime.getRuntime().availableProcessors());
  }

  @Test
  void several_threads_should_never_have_the_same() throws Exception {
    Pieces pieces = new Pieces();
    AtomicInteger shared = new AtomicInteger();
    Thread[] threads = new Thread[CALLERS];
    for (int t = 0; t < CALLERS; t++) {
      threads[t] =
          new Thread(
              () -> {
                for (int i = 0; i < MANY; i++) {
                  Piece piece = pieces.take();
                  if (piece.users.incrementAndGet() > 1) {
                    shared.incrementAndGet();
                  }
                  piece.users.decrementAndGet();
                  piece.giveBack();
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(shared).hasValue(0);
    assertThat(pieces.made).hasValueLessThanOrEqualTo(CALLERS);
  }

  /**
   * Bytes that a thread which has multiplied and lives on may cost beside a thread which has not.
   */
  private static final long LITTLE = 4096;

  /** Bytes that the first step of a cell of 16 may keep, the JVM's own for it included. */
  private static final long LITTLE_SCRATCH = 100_000;

  @ParameterizedTest
  @CsvSource({
    "-Dunroll.kernel=plain, platform, 16",
    "-Dunroll.kernel=plain, platform, 100",
    "--add-modules=jdk.incubator.vector, platform, 100",
    "-Dunroll.kernel=plain, virtual, 100",
    "--add-modules=jdk.incubator.vector, virtual, 100"
  })
  void threads_that_have_multiplied_should_keep_nothing(String kernel, String threads, int hidden)
      throws Exception {
    assumeTrue(threads.equals("platform") || Runtime.version().feature() >= 21);
    String said =
        FreshJvm.run(
            KeptByThreads.class,
            List.of(kernel, "-Dunroll.threads=1", "-Xmx1g", "-XX:+UseSerialGC"),
            threads,
            hidden);
    assertThat(lastNumber(said)).as(said).isLessThan(LITTLE);
  }

  @Test
  void a_small_cell_should_need_little_scratch() throws Exception {
    String said =
        FreshJvm.run(
            KeptByThreads.class,
            List.of("-Dunroll.kernel=plain", "-Dunroll.threads=1"),
            "first",
            16);
    assertThat(lastNumber(said)).as(said).isLessThan(LITTLE_SCRATCH);
  }

  private static long lastNumber(String said) {
    return Long.parseLong(said.substring(said.lastIndexOf(' ') + 1));
  }
}
