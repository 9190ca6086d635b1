package io.github.unroll.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.unroll.FreshJvm;
import java.lang.ref.WeakReference;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every part of a task is run once, whatever becomes of the threads. */
@Timeout(60)
class WorkersTest {

  private static final int PARTS = 4;
  private static final long SHORT_IDLE = 50_000_000L; // nanoseconds

  /** Workers of a system that refuses some threads, counted from 0. */
  private static final class Refused extends Workers {
    private final IntPredicate isRefused;
    private final AtomicInteger started = new AtomicInteger();

    private Refused(IntPredicate isRefused) {
      super(PARTS);
      this.isRefused = isRefused;
    }

    @Override
    void start(Thread worker) {
      if (isRefused.test(started.getAndIncrement())) {
        throw new OutOfMemoryError("unable to create native thread: a limit is reached");
      }
      super.start(worker);
    }
  }

  private static void assertEachOnce(Workers workers, int rounds) {
    for (int round = 0; round < rounds; round++) {
      AtomicIntegerArray times = new AtomicIntegerArray(PARTS);
      workers.run(times::incrementAndGet);
      assertThat(IntStream.range(0, PARTS).map(times::get)).as("round " + round).containsOnly(1);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(5);
    }
  }

  /** A task that keeps each thread until so many work on it, and notes them. */
  private static Set<Thread> threadsAtWork(Workers workers, int many) {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch all = new CountDownLatch(many);
    workers.run(
        part -> {
          if (threads.add(Thread.currentThread())) {
            all.countDown();
            waitFor(all);
          }
        });
    return threads;
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void should_do_with_the_callers_thread_where_no_other_can_be_started() {
    Refused workers = new Refused(start -> true);
    assertEachOnce(workers, 100);
    assertThat(workers.started).hasValue(1); // a try costs, and the JVM complains of each
  }

  @Test
  void should_do_with_those_that_could_be_started_and_start_the_others_later()
      throws InterruptedException {
    for (int refused = 0; refused < PARTS - 1; refused++) {
      int unlucky = refused;
      Refused workers = new Refused(start -> start == unlucky);
      assertEachOnce(workers, 100);
      assertThat(threadsAtWork(workers, 1 + unlucky)).hasSizeLessThanOrEqualTo(1 + unlucky);
      await(
          () -> {
            assertEachOnce(workers, 10);
            return workers.started.get() == PARTS;
          });
      assertThat(threadsAtWork(workers, PARTS)).hasSize(PARTS);
      assertEachOnce(workers, 1000);
      workers.end();
    }
  }

  @Test
  void what_a_part_throws_should_reach_the_caller_as_it_is_whoever_ran_it() {
    Workers workers = new Workers(PARTS);
    List<Throwable> thrown =
        List.of(
            new OutOfMemoryError("Java heap space"),
            new StackOverflowError(),
            new IllegalArgumentException("3 rows, not 4"),
            new AssertionError("unexpected"));
    for (int failing = 0; failing < PARTS; failing++) {
      for (Throwable expected : thrown) {
        IntConsumer parts = failingIn(failing, expected);
        assertThatExceptionOfType(expected.getClass())
            .isThrownBy(() -> workers.run(parts))
            .isSameAs(expected);
        assertEachOnce(workers, 20);
      }
    }
    workers.end();
  }

  private static IntConsumer failingIn(int failing, Throwable thrown) {
    return part -> {
      if (part == failing && thrown instanceof Error error) {
        throw error;
      }
      if (part == failing) {
        throw (RuntimeException) thrown;
      }
    };
  }

  @Test
  void a_worker_should_be_done_with_a_part_before_the_callers_failure_is_seen() {
    Workers workers = new Workers(2);
    for (int round = 0; round < 50; round++) {
      CountDownLatch begun = new CountDownLatch(1);
      AtomicInteger atWork = new AtomicInteger();
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(
              () ->
                  workers.run(
                      part -> {
                        if (part == 0) {
                          waitFor(begun);
                          throw new IllegalStateException("the caller's part");
                        }
                        atWork.incrementAndGet();
                        begun.countDown();
                        for (int i = 0; i < 1000; i++) {
                          Thread.onSpinWait();
                        }
                        atWork.decrementAndGet();
                      }));
      assertThat(atWork).hasValue(0);
    }
    workers.end();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Xint", "-Xmixed"}) // compiled, a call is rarely cut off in its middle
  void a_caller_at_the_end_of_its_stack_should_leave_the_next_call_right(String flag)
      throws Exception {
    assertThat(FreshJvm.run(DeepCalls.class, List.of(flag))).endsWith("right");
  }

  @Test
  void interrupts_should_neither_lose_nor_repeat_a_part_nor_keep_workers_awake() throws Exception {
    Workers workers = new Workers(PARTS);
    Set<Thread> threads = threadsAtWork(workers, PARTS);
    threads.remove(Thread.currentThread());
    for (int round = 0; round < 100; round++) {
      threads.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
      assertEachOnce(workers, 1);
      assertThat(Thread.interrupted()).isTrue();
    }
    threads.forEach(Thread::interrupt);
    for (Thread worker : threads) {
      await(() -> worker.getState() == Thread.State.TIMED_WAITING);
    }
    workers.end();
  }

  @Test
  void unused_workers_should_end_by_themselves_and_be_started_anew() throws Exception {
    Workers workers = new Workers(PARTS, SHORT_IDLE);
    for (int round = 0; round < 3; round++) {
      Set<Thread> threads = threadsAtWork(workers, PARTS);
      threads.remove(Thread.currentThread());
      assertThat(threads).hasSize(PARTS - 1);
      for (Thread worker : threads) {
        worker.join();
      }
    }
  }

  @Test
  void a_task_should_find_workers_that_are_just_ending_right_too() {
    Workers workers = new Workers(PARTS, 1); // no sooner asleep than gone
    for (int round = 0; round < 300; round++) {
      assertEachOnce(workers, 1);
      for (int i = 0; i < round * 100; i++) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void ended_workers_should_be_gone_at_once_and_be_started_anew() {
    Workers workers = new Workers(PARTS);
    workers.end(); // there are none yet
    for (int round = 0; round < 20; round++) {
      Set<Thread> threads = threadsAtWork(workers, PARTS);
      threads.remove(Thread.currentThread());
      workers.end();
      assertThat(threads).noneMatch(Thread::isAlive);
      assertEachOnce(workers, 1);
    }
    Thread.currentThread().interrupt();
    workers.end();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void ending_from_within_a_part_should_not_wait_for_itself() throws Exception {
    Workers workers = new Workers(PARTS);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    workers.run(
        part -> {
          threads.add(Thread.currentThread());
          workers.end();
        });
    threads.remove(Thread.currentThread());
    for (Thread worker : threads) {
      worker.join();
    }
    assertEachOnce(workers, 10);
    workers.end();
  }

  /** Its objects belong to the class loader that it was loaded by: an application. */
  public static final class Application implements Runnable {
    private static final InheritableThreadLocal<Object> CONTEXT = new InheritableThreadLocal<>();
    private final Runnable call;

    public Application(Runnable call) {
      this.call = call;
    }

    @Override
    public void run() {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(Application.class.getClassLoader());
      CONTEXT.set(this);
      try {
        call.run();
      } finally {
        CONTEXT.remove();
        thread.setContextClassLoader(before);
      }
    }
  }

  private static final class ApplicationLoader extends ClassLoader {
    private ApplicationLoader() {
      super(WorkersTest.class.getClassLoader());
    }

    private Class<?> define() throws Exception {
      String name = Application.class.getName();
      try (var in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(
            name, bytes, 0, bytes.length, new ProtectionDomain(null, null, this, null));
      }
    }
  }

  @Test
  void a_worker_should_keep_nothing_of_the_application_that_started_it() throws Exception {
    List<Thread> threads = new ArrayList<>();
    AtomicReference<Workers> made = new AtomicReference<>();
    WeakReference<ClassLoader> loader = startedByAnApplication(made, threads);
    Workers workers = made.get();
    for (int i = 0; i < 100 && loader.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
      assertEachOnce(workers, 1); // the workers stay, at work for others
    }
    assertThat(threads).hasSize(PARTS - 1).allMatch(Thread::isAlive);
    assertThat(loader.get()).isNull();
    workers.end();
  }

  private static WeakReference<ClassLoader> startedByAnApplication(
      AtomicReference<Workers> made, List<Thread> threads) throws Exception {
    ApplicationLoader loader = new ApplicationLoader();
    Runnable call =
        () -> {
          made.set(new Workers(PARTS));
          threads.addAll(threadsAtWork(made.get(), PARTS));
        };
    Object application = loader.define().getConstructor(Runnable.class).newInstance(call);
    ThreadGroup group = new ThreadGroup("application");
    Thread thread = new Thread(group, (Runnable) application, "application");
    thread.start();
    thread.join();
    threads.remove(thread);
    assertThat(threads)
        .noneMatch(worker -> worker.getThreadGroup() == group)
        .noneMatch(worker -> worker.getContextClassLoader() == loader);
    return new WeakReference<>(loader);
  }
}
