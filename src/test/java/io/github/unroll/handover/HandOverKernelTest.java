package io.github.unroll.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.kernel.Kernel;
import io.github.unroll.kernel.Kernel.Function;
import io.github.unroll.kernel.PlainKernels;
import io.github.unroll.simd.SimdKernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When operations go over and come back. That the kernel is right, KernelTest shows. */
class HandOverKernelTest {

  private static final long PATIENCE = 100_000_000_000L; // ns
  private static final int N = 60_000; // elements: each call of so many is timed

  private final double[] x = new Random(5).doubles(N, -3, 3).toArray();
  private final double[] out = new double[N];
  private final SlowedKernel slowed = new SlowedKernel();

  private void sigmoid(Kernel kernel) {
    kernel.apply(Function.SIGMOID, N, x, 0, out, 0);
  }

  /** So many calls that plain Java is compiled. */
  private void sigmoids(Kernel kernel) {
    for (int i = 0; i < 300; i++) {
      sigmoid(kernel);
    }
  }

  /** Calls until it is so, or there is no hope. {@return whether it is} */
  private static boolean becomes(BooleanSupplier so, Runnable call) {
    long start = System.nanoTime();
    while (!so.getAsBoolean() && System.nanoTime() - start < PATIENCE) {
      call.run();
    }
    return so.getAsBoolean();
  }

  private static void sleep() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static long warmUps() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread instanceof WarmUp)
        .count();
  }

  // ---- the same bits ----

  @ParameterizedTest
  @EnumSource
  void should_give_the_same_bits_whenever_an_operation_goes_over(Operation operation) {
    double[] want = new Calls(PlainKernels.plain()).all();
    for (int over = 0; over < Calls.COUNT; over++) {
      for (int back : new int[] {over + 1, over + 13, Calls.COUNT}) {
        HandOver handOver = HandedOver.handOver(SimdKernel::new, HandedOver.NEVER);
        Calls calls = new Calls(new HandOverKernel(handOver));
        for (int call = 0; call < Calls.COUNT; call++) {
          if (call == over) {
            handOver.handOver(operation);
          }
          if (call == back) {
            handOver.takeBack(operation);
          }
          calls.next();
        }
        assertThat(calls.all()).as("over at %d, back at %d", over, back).isEqualTo(want);
      }
    }
  }

  @Test
  void should_give_the_same_bits_to_many_threads_while_operations_come_and_go()
      throws InterruptedException {
    HandOver handOver = HandedOver.handOver(SimdKernel::new, HandedOver.NEVER);
    Kernel kernel = new HandOverKernel(handOver);
    double[] want = new Calls(PlainKernels.plain()).all();
    AtomicInteger wrong = new AtomicInteger();
    AtomicInteger running = new AtomicInteger(8);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int round = 0; round < 50; round++) {
                  wrong.addAndGet(Arrays.equals(new Calls(kernel).all(), want) ? 0 : 1);
                }
                running.decrementAndGet();
              });
      thread.start();
      threads.add(thread);
    }
    Random random = new Random(4);
    while (running.get() > 0) {
      Operation operation = Operation.values()[random.nextInt(Operation.values().length)];
      if (random.nextBoolean()) {
        handOver.handOver(operation);
      } else {
        handOver.takeBack(operation);
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(wrong).hasValue(0);
  }

  // ---- over ----

  @Test
  void should_hand_an_operation_over_once_its_vectors_are_compiled() {
    HandOver handOver = HandedOver.handOver(SimdKernel::new, HandedOver.AT_ONCE);
    Kernel kernel = new HandOverKernel(handOver);
    double[] want = new double[N];
    PlainKernels.plain().apply(Function.SIGMOID, N, x, 0, want, 0);

    assertThat(becomes(() -> handOver.handedOver() > 0, () -> sigmoid(kernel))).isTrue();

    assertThat(handOver.kernel(Operation.SIGMOID)).isInstanceOf(SimdKernel.class);
    assertThat(out).isEqualTo(want);
    kernel.endThreads();
  }

  @Test
  void should_never_hand_over_to_vectors_that_are_not_compiled() {
    HandOver handOver = HandedOver.handOver(() -> slowed, HandedOver.AT_ONCE);
    Kernel kernel = new HandOverKernel(handOver);
    assertThat(becomes(() -> warmUps() > 0, () -> sigmoid(kernel))).isTrue();

    assertThat(becomes(() -> warmUps() == 0, () -> sigmoid(kernel))).as("given up").isTrue();

    assertThat(handOver.handedOver()).isZero();
    sigmoids(kernel);
    assertThat(warmUps()).as("tried again").isZero();
  }

  @Test
  void should_load_no_vectors_for_a_short_program() {
    AtomicInteger loaded = new AtomicInteger();
    HandOver handOver =
        HandedOver.handOver(
            () -> {
              loaded.incrementAndGet();
              return slowed;
            },
            new HandOver.Pace(0.5, 1, 0));
    Kernel kernel = new HandOverKernel(handOver);
    while (handOver.seconds() < 0.4) {
      sigmoid(kernel);
    }
    assertThat(loaded).hasValue(0);
    assertThat(becomes(() -> loaded.get() > 0, () -> sigmoid(kernel))).isTrue();
    kernel.endThreads();
  }

  @Test
  void should_stay_in_plain_java_without_vectors() {
    HandOver handOver = HandedOver.handOver(PlainKernels::plain, HandedOver.AT_ONCE);
    Kernel kernel = new HandOverKernel(handOver);
    assertThat(kernel).hasToString("plain Java");
    sigmoids(kernel);
    assertThat(warmUps()).isZero();
    assertThat(handOver.handedOver()).isZero();
  }

  // ---- and back ----

  @Test
  void should_take_an_operation_back_whose_calls_are_slow_in_vectors() {
    HandOver handOver = HandedOver.handOver(() -> slowed, HandedOver.NEVER);
    Kernel kernel = new HandOverKernel(handOver);
    sigmoids(kernel);
    slowed.isSlow = false;
    handOver.handOver(Operation.SIGMOID);
    for (int i = 0; i < 20; i++) {
      sigmoid(kernel);
    }
    assertThat(handOver.handedOver()).as("while they are fast").isOne();

    slowed.isSlow = true;
    for (int i = 0; i < 10; i++) {
      sigmoid(kernel);
    }
    assertThat(handOver.handedOver()).as("after slow ones").isZero();
  }

  @Test
  void should_learn_what_is_usual_in_plain_java_where_vectors_came_first() {
    HandOver handOver = HandedOver.handOver(() -> slowed, HandedOver.NEVER);
    Kernel kernel = new HandOverKernel(handOver);
    sigmoids(PlainKernels.plain());
    handOver.handOver(Operation.SIGMOID);
    for (int i = 0; i < 20; i++) {
      sigmoid(kernel);
    }
    assertThat(handOver.handedOver()).isZero();
  }

  @Test
  void should_overlook_a_slow_call_among_others() {
    HandOver handOver = HandedOver.handOver(() -> slowed, HandedOver.NEVER);
    Kernel kernel = new HandOverKernel(handOver);
    sigmoids(kernel);
    handOver.handOver(Operation.SIGMOID);
    for (int i = 0; i < 60; i++) {
      slowed.isSlow = i % 6 == 0;
      sigmoid(kernel);
    }
    assertThat(handOver.handedOver()).isOne();
  }

  // ---- the thread ----

  @Test
  void should_end_its_thread_and_wait_for_it() {
    Kernel kernel = new HandOverKernel(HandedOver.handOver(() -> slowed, HandedOver.AT_ONCE));
    assertThat(becomes(() -> warmUps() > 0, () -> sigmoid(kernel))).isTrue();

    kernel.endThreads();

    assertThat(warmUps()).isZero();
  }

  @Test
  void should_end_its_thread_when_the_program_makes_no_calls() {
    HandOver.Pace slow = new HandOver.Pace(0, 1e-9, 0);
    Kernel kernel = new HandOverKernel(HandedOver.handOver(() -> slowed, slow));
    assertThat(becomes(() -> warmUps() > 0, () -> sigmoid(kernel))).isTrue();

    assertThat(becomes(() -> warmUps() == 0, HandOverKernelTest::sleep)).isTrue();
  }

  // ---- what it says ----

  @Test
  void should_tell_how_many_operations_have_gone_over() {
    HandOver handOver = HandedOver.handOver(() -> slowed, HandedOver.NEVER);
    Kernel kernel = new HandOverKernel(handOver);
    assertThat(kernel)
        .hasToString("plain Java, handing over to slow vectors (0 of 10 operations so far)");
    handOver.handOver(Operation.ROW);
    handOver.handOver(Operation.MAX);
    assertThat(kernel)
        .hasToString("plain Java, handing over to slow vectors (2 of 10 operations so far)");
  }
}
