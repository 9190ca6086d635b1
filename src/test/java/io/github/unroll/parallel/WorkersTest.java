package io.github.unroll.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every part of a task is run once, whatever becomes of the threads. */
@Timeout(60)
class WorkersTest {

  private static final int PARTS = 4;
  private static final long SHORT_IDLE = 50_000_000L; // nanoseconds
  private static final int DEEP = 30_000; // frames, more than a small stack has room for

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

  /** Calls from every depth near the end of a stack. */
  private static final class Diver {
    private final Workers workers;
    private final AtomicInteger atWork = new AtomicInteger();
    private int runs;
    private int overflows;
    private String wrong = "";

    private Diver(Workers workers) {
      this.workers = workers;
    }

    private void dive(int depth) {
      if (depth < DEEP) {
        try {
          dive(depth + 1);
        } catch (StackOverflowError e) {
          overflows++;
        }
      }
      if (overflows < 2000) {
        run();
      }
    }

    private void run() {
      AtomicIntegerArray times = new AtomicIntegerArray(PARTS);
      boolean whole = false;
      try {
        workers.run(
            part -> {
              atWork.incrementAndGet();
              times.incrementAndGet(part);
              atWork.decrementAndGet();
            });
        whole = true;
        runs++;
      } finally {
        if (atWork.get() != 0) {
          wrong = "a thread is at work after the call";
        }
        for (int part = 0; part < PARTS; part++) {
          if (times.get(part) > 1 || (whole && times.get(part) == 0)) {
            wrong = "part " + part + " was run " + times.get(part) + " times";
          }
        }
      }
    }
  }

  @Test
  void a_caller_at_the_end_of_its_stack_should_leave_the_next_call_right() throws Exception {
    Workers workers = new Workers(PARTS);
    assertEachOnce(workers, 1);
    Diver diver = new Diver(workers);
    Thread thread = new Thread(null, () -> diver.dive(0), "diver", 512 * 1024);
    thread.start();
    thread.join();
    assertThat(diver.overflows).isPositive();
    assertThat(diver.runs).isPositive();
    assertThat(diver.wrong).isEmpty();
    assertEachOnce(workers, 1000);
    workers.end();
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
            name,
            bytes,
            0,
            bytes.length,
            new java.security.ProtectionDomain(null, null, this, null));
      }
    }
  }

  @Test
  void a_worker_should_keep_nothing_of_the_application_that_started_it() throws Exception {
    Workers workers = new Workers(PARTS);
    List<Thread> threads = new ArrayList<>();
    WeakReference<ClassLoader> loader = startedByAnApplication(workers, threads);
    for (int i = 0; i < 100 && loader.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
      assertEachOnce(workers, 1); // the workers stay, at work for others
    }
    assertThat(threads).hasSize(PARTS - 1).allMatch(Thread::isAlive);
    assertThat(loader.get()).isNull();
    Reference.reachabilityFence(workers);
    workers.end();
  }

  private static WeakReference<ClassLoader> startedByAnApplication(
      Workers workers, List<Thread> threads) throws Exception {
    ApplicationLoader loader = new ApplicationLoader();
    Runnable call = () -> threads.addAll(threadsAtWork(workers, PARTS));
    Object application = loader.define().getConstructor(Runnable.class).newInstance(call);
    ThreadGroup group = new ThreadGroup("application");
    Thread thread = new Thread(group, (Runnable) application, "application");
    thread.start();
    thread.join();
    threads.remove(thread);
    assertThat(threads)
        .allMatch(worker -> worker.getThreadGroup() != group)
        .allMatch(worker -> worker.getContextClassLoader() != loader);
    return new WeakReference<>(loader);
  }
}
